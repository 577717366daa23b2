using KernelForge.Models.Generation;
using KernelForge.Tests;

namespace KernelForge.Models.Tests.Generation;

/// <summary>What changes scores before a token is chosen, and what ends a sequence.</summary>
public sealed class ScoreRuleTests
{
    private const float Forbidden = float.NegativeInfinity;

    private static readonly float[] scores = [2, -1, 0.5f, -4];

    [Fact]
    public void A_repeated_token_is_penalized_once_by_division_or_multiplication() =>
        Assert.Equal([1, -2, 0.5f, -4], Applied([0, 1, 0, 1], new() { RepetitionPenalty = 2 }));

    [Fact]
    public void What_followed_the_same_tokens_before_must_not_follow_again()
    {
        Assert.Equal([2, Forbidden, 0.5f, Forbidden], Applied([2, 0, 1, 2, 0, 3, 2, 0], new() { NoRepeatNgramSize = 3 }));
        Assert.Equal([Forbidden, -1, Forbidden, -4], Applied([2, 0], new() { NoRepeatNgramSize = 1 }));
        Assert.Equal(scores, Applied([2, 0], new() { NoRepeatNgramSize = 3 }));
        Assert.Equal([2, -1, Forbidden, -4], Applied([2, 2, 2], new() { NoRepeatNgramSize = 2 }));
    }

    [Fact]
    public void No_text_ends_before_it_has_as_many_tokens_as_it_must_have()
    {
        GenerationOptions three = new() { EndIds = [0, 3, 99], MinLength = 3 }, two = new() { EndIds = [0], MinNewTokens = 2 };
        Assert.Equal([Forbidden, -1, 0.5f, Forbidden], Applied([1, 1], three));
        Assert.Equal(scores, Applied([1, 1, 1], three));
        Assert.Equal([Forbidden, -1, 0.5f, -4], Applied([1, 1, 1], two, prompt: 2));
        Assert.Equal(scores, Applied([1, 1, 1, 1], two, prompt: 2));
    }

    [Fact]
    public void Forced_tokens_stand_behind_a_start_of_one_token_and_at_the_greatest_length()
    {
        GenerationOptions forced = new() { ForcedFirstId = 2, ForcedLastIds = [0, 3] };
        Assert.Equal([Forbidden, Forbidden, 0, Forbidden], Applied([1], forced, limit: 5));
        Assert.Equal(scores, Applied([1, 2], forced, limit: 5));
        Assert.Equal([0, Forbidden, Forbidden, 0], Applied([1, 2, 1, 1], forced, limit: 5));
        Refuses.With<ArgumentException>("ForcedFirstId has the id 4", () => Applied([1], new() { ForcedFirstId = 4 }));
    }

    [Fact]
    public void Rules_count_in_the_order_of_generate() // a forced token is free of penalties
        => Assert.Equal([0, Forbidden, Forbidden, Forbidden], Applied([0, 0, 0, 0],
            new() { RepetitionPenalty = 3, NoRepeatNgramSize = 1, EndIds = [0], MinLength = 9, ForcedLastIds = [0] }, limit: 5));

    [Fact]
    public void A_sequence_ends_with_an_end_id_a_stop_sequence_or_its_greatest_length()
    {
        var stop = new StopConditions(new() { EndIds = [7, 9], StopSequences = [[3, 4], [5]] }, prompt: 2, limit: 6);
        Assert.Null(stop.Of([7, 3, 4]));
        Assert.Null(stop.Of([1, 3, 4]));                                       // the 3 is the prompt's
        Assert.Equal(FinishReason.EndOfText, stop.Of([1, 3, 9]));
        Assert.Equal(FinishReason.StopSequence, stop.Of([1, 1, 3, 4]));
        Assert.Equal(FinishReason.StopSequence, stop.Of([1, 1, 3, 5]));
        Assert.Equal(FinishReason.Length, stop.Of([1, 1, 1, 1, 1, 1]));
        Assert.Equal(FinishReason.EndOfText, stop.Of([1, 1, 1, 1, 1, 7]));
    }

    private static float[] Applied(int[] ids, GenerationOptions options, int prompt = 0, int limit = 100)
    {
        float[] changed = [.. scores];
        ScoreRules.Apply(changed, ids, prompt, limit, options);
        return changed;
    }
}
