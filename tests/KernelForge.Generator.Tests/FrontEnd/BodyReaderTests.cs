using KernelForge.Compiler.Spec;

namespace KernelForge.Generator.Tests.FrontEnd;

/// <summary>C# of a body beside the text of what is read from it.</summary>
public sealed class BodyReaderTests
{
    private const string Start = " (method \"Body\" false false ((x Tokens ~)) (Tokens) (";

    [Theory]
    // Numbers, as C# types them.
    [InlineData("return x * 2;", "(return (Multiply $x 2.0))")]
    [InlineData("return x * (hidden / 2);", "(return (Multiply $x (Divide #hidden 2)))")]
    [InlineData("return x * (hidden / 2.0);", "(return (Multiply $x (Divide #hidden 2.0)))")]
    [InlineData("return x * ((double)hidden / heads);", "(return (Multiply $x (Divide (to Real #hidden) #heads)))")]
    [InlineData("return x * (1 / 2);", "(return (Multiply $x 0.0))")]
    [InlineData("return x * Size;", "(return (Multiply $x 4.0))")]
    [InlineData("return x * Math.PI;", "(return (Multiply $x 3.141592653589793))")]
    [InlineData("double half = hidden / 2; return x / half;", "(set (half) (to Real (Divide #hidden 2))) (return (Divide $x $half))")]
    [InlineData("int n = (int)(scale * heads); return x * n;", "(set (n) (to Integer (Multiply #scale #heads))) (return (Multiply $x $n))")]
    [InlineData("int n = 3; n *= 2; n++; return x * n;",
        "(set (n) 3) (set (n) (Multiply $n 2)) (set (n) (Add $n 1)) (return (Multiply $x $n))")]
    [InlineData("int n = heads; n = (int)(n * scale); n /= 2; return x * n;",
        "(set (n) #heads) (set (n) (to Integer (Multiply $n #scale))) (set (n) (Divide $n 2)) (return (Multiply $x $n))")]
    // Names and calls.
    [InlineData("return -linear[x!] + (table);", "(return (Add (Negate (at .linear $x)) .table))")]
    [InlineData("return x * table[1, 2] * Math.Sqrt(hidden);",
        "(return (Multiply (Multiply $x (at .table 1 2)) (call Op \"Sqrt\" ~ ((to Real #hidden)))))")]
    [InlineData("return x * Max(heads, 2) * MathF.Exp(2);",
        "(return (Multiply (Multiply $x (call Op \"Max\" ~ (#heads 2))) (call Op \"Exp\" ~ (2.0))))")]
    [InlineData("return Silu(x) * Half(x);",
        "(return (Multiply (call Function \"KernelForge.Ops.Silu(Tokens)\" ~ ($x)) (call OwnMethod \"Half\" ~ ($x))))")]
    [InlineData("return Concat(x, x, x);", "(return (call Op \"Concat\" ~ ($x $x $x)))")]
    [InlineData("(Tokens a, _) = Split(x, parts: 2); return a;", "(set (a _) (call Op \"Split\" ~ ($x (= parts 2)))) (return $a)")]
    [InlineData("var (a, b) = Split(x, 2); return a * b;", "(set (a b) (call Op \"Split\" ~ ($x 2))) (return (Multiply $a $b))")]
    [InlineData("return Attention(x, x, x, heads, scale: 1);", "(return (call Op \"Attention\" ~ ($x $x $x #heads (= scale 1.0))))")]
    [InlineData("return Attention(x, x, x, heads, score: (s, i, j, _) => s - (i - j) * scale, mask: (i, j) => j <= i);",
        "(return (call Op \"Attention\" ~ ($x $x $x #heads (= score (fun (s i j _) (Subtract $s (Multiply (Subtract $i $j) #scale))))"
        + " (= mask (fun (i j) (LessOrEqual $j $i))))))")]
    [InlineData("return x * Width;", "(return (Multiply $x (call OwnMethod \"Width\" ~ ())))")]
    // Decisions of the host.
    [InlineData("if (gated && heads > 1) x += x; else { x *= 2; } return x;",
        "(if (And #gated (Greater #heads 1)) ((set (x) (Add $x $x))) ((set (x) (Multiply $x 2.0)))) (return $x)")]
    [InlineData("return kind is \"a\" or \"b\" ? x : -x;", "(return (? (Or (Equal #kind \"a\") (Equal #kind \"b\")) $x (Negate $x)))")]
    [InlineData("return limit is not null ? x * limit.Value : x;", "(return (? (NotEqual #limit null) (Multiply $x #limit) $x))")]
    [InlineData("return x * (limit ?? hidden / heads);", "(return (Multiply $x (Coalesce #limit (Divide #hidden #heads))))")]
    [InlineData("return kind switch { \"a\" => x, \"b\" when gated => -x, _ => x * 2 };",
        "(return (? (Equal #kind \"a\") $x (? (And (Equal #kind \"b\") #gated) (Negate $x) (Multiply $x 2.0))))")]
    [InlineData("for (int i = 0; i < blocks.Count; i++) x = blocks[i].Forward(x); return x;",
        "(for i 0 (member .blocks Count) ((set (x) (call LayerMethod \"Forward\" (at .blocks $i) ($x))))) (return $x)")]
    [InlineData("foreach (var block in blocks) { const double c = 0.5; Tokens y = block.Forward(x); x = y * c; } return x;",
        "(each block blocks ((set (y) (call LayerMethod \"Forward\" $block ($x))) (set (x) (Multiply $y 0.5)))) (return $x)")]
    [InlineData("Tokens y; if (gated) y = x; else y = -x; ; return y;", "(if #gated ((set (y) $x)) ((set (y) (Negate $x)))) (return $y)")]
    public void A_body_is_read_as(string body, string expected)
    {
        string text = SpecText.Write(Read.Layer("Probe", Source(body)));
        string method = text.Split('\n').Single(line => line.StartsWith(Start, StringComparison.Ordinal));
        // Other methods may follow, the list of methods may end: only the body's own text is compared.
        Assert.Equal(Start + expected, method[..Math.Min(method.Length, Start.Length + expected.Length)]);
        Assert.StartsWith("))", method[(Start.Length + expected.Length)..], StringComparison.Ordinal);
    }

    private static string Source(string body) => $$"""
        [TransformerLayer]
        public sealed partial class Inner(int hidden)
        {
            private readonly Linear linear = new(hidden, hidden);
            public Tokens Forward(Tokens x) => linear[x];
        }

        [TransformerLayer]
        public sealed partial class Probe(int hidden, int heads, double scale, bool gated, string kind, int? limit, int depth)
        {
            private const int Size = 4;
            private readonly Linear linear = new(hidden, hidden);
            private readonly Parameter table = new(hidden, hidden);
            private readonly Layers<Inner> blocks = new(depth, () => new Inner(hidden));

            public Tokens Forward(Tokens x)
            {
                foreach (Inner block in blocks) x = block.Forward(x);
                return Body(linear[x] * table);
            }

            private Tokens Body(Tokens x)
            {
                {{body}}
            }

            private int Width => hidden / heads;

            private static Tokens Half(Tokens x) => x / 2;
        }
        """;
}
