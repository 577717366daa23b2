using KernelForge.Benchmarks.Sentences;

namespace KernelForge.Benchmarks.Tests;

public sealed class SampleTextsTests
{
    [Fact]
    public void Summaries_are_joined_until_a_hundred_words_are_together_and_never_more_than_two_hundred()
    {
        string Words(int count, string word) => string.Join(' ', Enumerable.Repeat(word, count));
        string[] summaries =
        [
            Words(60, "a"), Words(150, "left-out"), Words(40, "b"), Words(99, "c"), Words(101, "d"), Words(99, "the-rest"),
        ];
        Assert.Equal([$"{Words(60, "a")} {Words(40, "b")}", $"{Words(99, "c")} {Words(101, "d")}"], SampleTexts.Joined(summaries));
    }
}
