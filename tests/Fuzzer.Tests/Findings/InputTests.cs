namespace KernelForge.Fuzzer.Tests.Findings;

/// <summary>Widths and rows of inputs that follow from their uses.</summary>
public sealed class InputTests
{
    [Fact]
    public void A_width_that_is_another_inputs_is_known_once_that_is() => Finding.Agrees("""
        // seed 113
        // values: d1 = 3
        // x1: 3 columns, lengths 2 5
        // x2: 3 columns, lengths 2 5
        namespace AliasedWidth;

        [TransformerLayer]
        public sealed partial class Root(int d1)
        {
            private readonly Linear linear1 = new(d1, d1);

            public Tokens Forward(Tokens x1, Tokens x2)
            {
                Tokens v1 = x1 - x2;
                return v1 + linear1[x2];
            }
        }
        """);

    [Fact]
    public void No_width_is_its_own_double() => Finding.IsRefused("KF0101", """
        // seed 1
        // x1: 3 columns, lengths 2 5
        namespace OwnDouble;

        [TransformerLayer]
        public sealed partial class Root
        {
            public Tokens Forward(Tokens x1)
            {
                return x1 + Concat(x1, x1);
            }
        }
        """);

    [Fact]
    public void Ids_may_come_after_the_rows_that_they_belong_to() => Finding.Agrees("""
        // seed 3
        // values: vocabulary1 = 5, d1 = 4
        // x1: 4 columns, lengths 3 0 6
        // ids1: below 5, lengths 3 0 6
        namespace IdsLast;

        [TransformerLayer]
        public sealed partial class Root(int vocabulary1, int d1)
        {
            private readonly Embedding embedding1 = new(vocabulary1, d1);

            public Tokens Forward(Tokens x1, TokenIds ids1)
            {
                return x1 + embedding1[ids1];
            }
        }
        """);

    [Fact]
    public void A_width_beside_a_known_one_is_what_is_left_of_their_sum() => Finding.Agrees("""
        // seed 91
        // values: d1 = 3
        // x1: 2 columns, lengths 2 5
        namespace SumWithAKnownWidth;

        [TransformerLayer]
        public sealed partial class Root(int d1)
        {
            private readonly Parameter scale1 = new(d1 + 2);
            private readonly Linear linear1 = new(d1 + 2, d1);

            public Tokens Forward(Tokens x1)
            {
                Tokens v1 = Each(x1.Rows, d1, (t, f) => 0.5 * f);
                return linear1[Concat(x1, v1) * scale1];
            }
        }
        """);

    [Fact]
    public void Widths_that_only_their_sum_is_known_of_are_for_the_layers_user_to_say() => Finding.Agrees("""
        // seed 128
        // values: d1 = 3
        // x1: 3 columns, lengths 2 5
        namespace SumOfUnknownWidths;

        [TransformerLayer]
        public sealed partial class Inner(int d1)
        {
            private readonly Linear linear1 = new(4 * d1, 2 * d1);

            public Tokens Forward(Tokens x1, Tokens x2)
            {
                return linear1[Concat(x1, x2)];
            }
        }

        [TransformerLayer]
        public sealed partial class Root(int d1)
        {
            private readonly Linear linear1 = new(d1, 3 * d1);
            private readonly Inner inner1 = new(d1);

            public Tokens Forward(Tokens x1)
            {
                Tokens v1 = linear1[x1];
                return inner1.Forward(v1, x1);
            }
        }
        """);

    [Fact]
    public void Inputs_of_which_a_flag_chooses_one_have_the_same_shape() => Finding.Agrees("""
        // seed 1019
        // values: d1 = 3, flag1 = 1
        // x1: 3 columns, lengths 2 5
        // x2: 3 columns, lengths 2 5
        namespace ChosenInput;

        [TransformerLayer]
        public sealed partial class Inner(bool flag1)
        {
            public Tokens Forward(Tokens x1, Tokens x2)
            {
                return flag1 ? x2 : x1;
            }
        }

        [TransformerLayer]
        public sealed partial class Root(bool flag1, int d1)
        {
            private readonly Inner inner1 = new(flag1);
            private readonly Linear linear1 = new(d1, d1);

            public Tokens Forward(Tokens x1, Tokens x2)
            {
                Tokens v1 = inner1.Forward(x1, x2);
                return linear1[v1];
            }
        }
        """);

    [Fact]
    public void A_width_that_follows_from_an_equation_with_itself_is_found() => Finding.Agrees("""
        // seed 300788
        // values:
        // x1: 1 columns, lengths 2 5
        namespace WidthOfItself;

        [TransformerLayer]
        public sealed partial class Inner()
        {
            private readonly Linear linear1 = new(3, 1, bias: false);

            public Tokens Forward(Tokens x4, Tokens x5)
            {
                Tokens v6 = Concat(x5, x4, x5);
                Tokens v7 = x5 + linear1[v6];
                return v7 * x4;
            }
        }

        [TransformerLayer]
        public sealed partial class Root()
        {
            private readonly Inner inner1 = new();
            private readonly Linear linear1 = new(1, 1);

            public Tokens Forward(Tokens x1)
            {
                return inner1.Forward(linear1[x1], x1);
            }
        }
        """);
}
