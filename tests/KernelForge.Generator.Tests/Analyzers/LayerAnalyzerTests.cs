using KernelForge.Compiler.Diagnostics;
using KernelForge.Generator.Analyzers;
using Microsoft.CodeAnalysis;

namespace KernelForge.Generator.Tests.Analyzers;

public sealed class LayerAnalyzerTests
{
    [Fact]
    public async Task The_layer_and_the_model_of_the_language_page_break_no_rule() =>
        await Marked.Verify(Descriptions.BertLayer, Descriptions.BertModel);

    [Fact]
    public async Task A_finding_in_another_part_of_the_class_is_where_it_stands() => await Marked.Verify(
        """
        [TransformerLayer]
        public sealed partial class Split(int hidden)
        {
            private readonly Linear linear = new(hidden, hidden);

            public Tokens Forward(Tokens x) => Rest(linear[x]);
        }
        """,
        """
        // Some lines before it.
        public sealed partial class Split
        {
            private readonly Linear {|KF0006:late|};

            private Tokens Rest(Tokens x) => x * {|KF0004:new object().GetHashCode|}();
        }
        """.Replace("{|KF0004:new object().GetHashCode|}()", "{|KF0005:new object().GetHashCode()|}", StringComparison.Ordinal));

    [Fact]
    public async Task Names_of_the_generated_part_are_not_free_for_members_of_any_kind() => await Marked.Verify("""
        [TransformerModel]
        public sealed partial class Model([Config("vocab_size")] int vocabulary, [Config("hidden_size")] int hidden)
        {
            private readonly Embedding word = new(vocabulary, hidden);

            public static int {|KF0015:Device|} => 0;

            public Tokens Forward(TokenIds ids) => word[ids];

            public static Model {|KF0015:Load|}(string folder, int number) => new(number, folder.Length);

            public static event Action? {|KF0015:Run|} { add { } remove { } }

            public static void {|KF0015:Dispose|}() { }

            public static void {|KF0015:Dispose|}(bool _) { }

            private sealed class {|KF0015:LoadWeights|};
        }

        [TransformerLayer]
        public sealed partial class Layer(int hidden)
        {
            private readonly Linear linear = new(hidden, hidden);

            public Tokens Forward(Tokens x) => Load(x);

            private Tokens Load(Tokens x) => linear[x];
        }
        """);

    [Fact]
    public async Task A_finding_of_a_layer_is_reported_once_however_many_contain_it() => await Marked.Verify("""
        [TransformerLayer]
        public sealed partial class Inner(int hidden, int other)
        {
            private readonly Linear linear = new(hidden, hidden);

            public Tokens Forward(Tokens x) => linear[{|KF0101:linear[x] + Grown(x)|}];

            private Tokens Grown(Tokens x) => Concat(x, x);
        }

        [TransformerLayer]
        public sealed partial class First(int hidden)
        {
            private readonly Inner inner = new(hidden, hidden);
            public Tokens Forward(Tokens x) => inner.Forward(x);
        }

        [TransformerLayer]
        public sealed partial class Second(int hidden)
        {
            private readonly Layers<Inner> inner = new(2, () => new Inner(hidden, hidden));
            public Tokens Forward(Tokens x) => inner[0].Forward(inner[1].Forward(x));
        }
        """);

    [Fact]
    public async Task What_is_wrong_in_a_function_shows_in_the_function() => await Marked.Verify("""
        public static partial class Functions
        {
            [LayerFunction]
            public static Tokens Odd(Tokens x) => x * {|KF0005:DateTime.Now.ToBinary()|};
        }

        [TransformerLayer]
        public sealed partial class User(int hidden)
        {
            private readonly Linear linear = new(hidden, hidden);
            public Tokens Forward(Tokens x) => Functions.Odd(linear[x]);
        }
        """);

    [Fact]
    public async Task A_layer_that_contains_itself_is_told_which_field_leads_back()
    {
        IReadOnlyList<string> messages = await Marked.Verify("""
            [TransformerLayer]
            public sealed partial class A(int hidden)
            {
                private readonly B {|KF0010:b|} = new(hidden);
                public Tokens Forward(Tokens x) => b.Forward(x);
            }

            [TransformerLayer]
            public sealed partial class B(int hidden)
            {
                private readonly Linear linear = new(hidden, hidden);
                private readonly Layers<A> {|KF0010:a|} = new(1, () => new A(hidden));
                public Tokens Forward(Tokens x) => a[0].Forward(linear[x]);
            }
            """);
        Assert.Equal("'A' would contain itself through 'b' without end", messages[0]);
    }

    [Fact]
    public async Task Functions_that_call_each_other_are_both_told() => await Marked.Verify("""
        public static partial class Functions
        {
            [LayerFunction]
            public static Tokens {|KF0010:Even|}(Tokens x) => Odd(x);

            [LayerFunction]
            public static Tokens {|KF0010:Odd|}(Tokens x) => Even(x);
        }
        """);

    [Fact]
    public async Task Several_findings_show_in_one_build()
    {
        IReadOnlyList<string> messages = await Marked.Verify("""
            [TransformerLayer]
            public sealed partial class Many(int hidden, {|KF0007:object|} other)
            {
                private readonly Linear linear = new(hidden, hidden);

                public Tokens Forward(Tokens x)
                {
                    {|KF0003:while (hidden > 0)|} x = linear[x];
                    {|KF0003:throw new InvalidOperationException();|}
                }
            }
            """);
        Assert.Equal("""
            'other' is of type 'object'; a constructor parameter is int, float, double, bool, string, Activation, an enum, int[] or string[], nullable or not
            'while (hidden > 0) x = linear[x];' is not part of the language: statements are locals, assignments, 'if', 'for' and 'foreach' over layers, and 'return'
            'throw new InvalidOperationException();' is not part of the language: say with [Requires] what a model covers
            """.ReplaceLineEndings("\n"), string.Join("\n", messages));
    }

    [Fact]
    public async Task Where_CSharp_reports_an_error_the_rules_are_silent() => await Marked.Verify("""
        [TransformerLayer]
        public sealed partial class Typing(int hidden)
        {
            private readonly Linear linear = new(hidden, hidden);
            private readonly Linear unused = new(hidden);

            public Tokens Forward(Tokens x) => linear[y] + Unknown(x);
        }
        """);

    [Fact]
    public async Task A_model_over_a_broken_layer_shows_the_error_of_the_layer_alone() => await Marked.Verify("""
        [TransformerLayer]
        public sealed partial class Broken(int hidden)
        {
            private readonly Linear linear = new(hidden, hidden);
            public Tokens Forward(Tokens x) => linear[x] * {|KF0004:(hidden & 1)|};
        }

        [TransformerModel]
        public sealed partial class Model([Config("hidden_size")] int hidden)
        {
            private readonly Broken layer = new(hidden);
            public Tokens Forward(Tokens x) => layer.Forward(x);
        }
        """.Replace("{|KF0004:(hidden & 1)|}", "({|KF0004:hidden & 1|})", StringComparison.Ordinal));

    [Fact]
    public async Task Ordinary_code_that_enters_a_layer_is_told_of_Run_and_descriptions_are_not() => await Marked.Verify("""
        [TransformerLayer]
        public sealed partial class Scale(int hidden)
        {
            private readonly Parameter scale = new(hidden);
            public Tokens this[Tokens x] => x * scale;
        }

        public static partial class Code
        {
            public static Tokens Once(Scale scale, Tokens x) => {|KF0012:scale[x]|};

            public static Func<Tokens, Tokens> Later(Scale scale) => x => {|KF0012:scale[x]|};
        }
        """);

    [Fact]
    public void An_error_cannot_be_configured_away()
    {
        foreach (DiagnosticDescriptor descriptor in new LayerAnalyzer().SupportedDiagnostics)
        {
            bool isError = descriptor.DefaultSeverity == DiagnosticSeverity.Error;
            Assert.Equal(isError, descriptor.CustomTags.Contains(WellKnownDiagnosticTags.NotConfigurable));
            Rule[] told = [Rules.ForwardCalled, Rules.MaskNotBounded, Rules.WidthOfItsUse, Rules.OnePrecision];
            Assert.Equal(isError, !told.Any(rule => rule.Id == descriptor.Id));
        }
    }
}
