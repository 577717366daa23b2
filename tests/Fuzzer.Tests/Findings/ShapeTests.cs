namespace KernelForge.Fuzzer.Tests.Findings;

/// <summary>Widths that a loop or a branch chooses.</summary>
public sealed class ShapeTests
{
    [Fact]
    public void Two_ways_of_writing_the_width_of_an_arm() => Finding.Agrees("""
        // seed 30029
        // values: d1 = 8, d2 = 8, flag1 = 1
        // x2: 8 columns, lengths 48 17 0
        namespace ArmWidth;

        [TransformerLayer]
        public sealed partial class Root(bool flag1, int d1, int d2)
        {
            private readonly Linear linear2 = new(d2, d1 * 3);
            private readonly Linear linear3 = new(flag1 ? d1 * 3 : d2, d1 * 3);

            public Tokens Forward(Tokens x2)
            {
                Tokens v10 = Relu(x2);
                if (flag1)
                {
                    v10 = linear2[v10];
                }
                return linear3[v10];
            }
        }
        """);

    [Fact]
    public void A_width_that_adds_up_in_a_loop() => Finding.Agrees("""
        // seed 30043
        // values: depth1 = 2
        // x1: 7 columns, lengths 70 8 0 2 1
        namespace SumOfWidths;

        [TransformerLayer]
        public sealed partial class Root(int depth1)
        {
            private readonly Linear linear1 = new(7, 7, bias: false);
            private readonly LayerNorm norm1 = new(7 + 7 * 3, 0.001, bias: false), norm2 = new(7 + 7 * depth1);

            public (Tokens, Tokens) Forward(Tokens x1)
            {
                Tokens v2 = linear1[x1];
                for (int i1 = 0; i1 < 3; i1++)
                {
                    v2 = Concat(v2, x1);
                }
                Tokens v3 = linear1[x1];
                for (int i1 = 0; i1 < depth1; i1++)
                {
                    v3 = Concat(x1, v3);
                }
                return (norm1[v2], norm2[v3]);
            }
        }
        """);

    [Fact]
    public void A_width_that_adds_up_in_one_arm_of_the_same_condition() => Finding.Agrees("""
        // seed 50024
        // values: d1 = 4, d3 = 17, d4 = 33, depth1 = 2
        // x1: 4 columns, lengths 7 0 3
        namespace SumInArm;

        [TransformerLayer]
        public sealed partial class Root(int depth1, int d1, int d4, int d3)
        {
            private readonly LayerNorm norm1 = new(d1);
            private readonly Linear linear1 = new(d1 + depth1 * d1, d3);
            private readonly Linear linear2 = new(d4 > 7 ? d3 : d1 + depth1 * d1, d1);

            public Tokens Forward(Tokens x1)
            {
                Tokens v4 = norm1[x1];
                for (int i1 = 0; i1 < depth1; i1++)
                {
                    v4 = Concat(v4, x1);
                }
                Tokens v7 = Softmax(v4);
                if (d4 > 7)
                {
                    v7 = linear1[v7];
                }
                return linear2[v7];
            }
        }
        """);

    [Fact]
    public void A_loop_that_widens_within_a_stage_that_does() => Finding.Agrees("""
        // seed 100373
        // values: d = 3, depth2 = 2
        // x1: 3 columns, lengths 5
        namespace LoopInStage;

        [TransformerLayer]
        public sealed partial class Stage1(int depth2, int given1, int given2)
        {
            private readonly Linear linear4 = new(given1, given2);

            public Tokens Forward(Tokens x2)
            {
                Tokens v12 = QuickGelu(x2);
                for (int i2 = 0; i2 < depth2; i2++)
                {
                    v12 = Concat(v12, x2);
                }
                return Tanh(linear4[Silu(x2)]);
            }
        }

        [TransformerLayer]
        public sealed partial class Root(int depth2, int d)
        {
            private readonly LayerNorm norm1 = new(d);
            private readonly Layers<Stage1> stages1 = new(2, n => new Stage1(depth2, d * (n + 1), d * (n + 2)));

            public Tokens Forward(Tokens x1)
            {
                Tokens v15 = norm1[x1];
                for (int i3 = 0; i3 < 2; i3++)
                {
                    v15 = stages1[i3].Forward(v15);
                }
                return v15;
            }
        }
        """);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void What_a_loop_that_widens_is_given_is_known_from_what_it_gives(int depth) => Finding.Agrees($$"""
        // seed 501749
        // values: depth2 = {{depth}}, d2 = 3
        // x1: 3 columns, lengths 2 5
        namespace WidenedFromUnknown{{depth}};

        [TransformerLayer]
        public sealed partial class Stage2(int given4, int given3)
        {
            private readonly Linear linear1 = new(given3, given4);

            public Tokens Forward(Tokens x4)
            {
                return linear1[x4];
            }
        }

        [TransformerLayer]
        public sealed partial class Inner1(int depth2, int d2)
        {
            private readonly Layers<Stage2> stages2 = new(depth2, n => new Stage2(d2 * (n + 2), d2 * (n + 1)));
            private readonly Linear linear13 = new(d2 + d2 * depth2, d2);

            public Tokens Forward(Tokens x3)
            {
                foreach (Stage2 stage2 in stages2)
                {
                    x3 = stage2.Forward(x3);
                }
                return linear13[x3];
            }
        }

        [TransformerLayer]
        public sealed partial class Root(int d2, int depth2)
        {
            private readonly Linear linear2 = new(d2, d2);
            private readonly Inner1 inner1 = new(depth2, d2);

            public Tokens Forward(Tokens x1)
            {
                return inner1.Forward(linear2[x1]);
            }
        }
        """);
}
