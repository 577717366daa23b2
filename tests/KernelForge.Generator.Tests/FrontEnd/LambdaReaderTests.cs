using KernelForge.Compiler.Spec;

namespace KernelForge.Generator.Tests.FrontEnd;

/// <summary>C# of what is said element by element, beside the text of what is read from it: rows, integers, lambdas, and what they call.</summary>
public sealed class LambdaReaderTests
{
    private const string Start = " (method \"Body\" false false ((x Tokens ~) (ids TokenIds ~) (memory Tokens ~)) (Tokens) (";

    [Theory]
    // Row spaces and integers.
    [InlineData("RowSpace rows = x.Rows.WithLengths(x.Rows.Lengths / 2);",
        "(set (rows) (call Member \"WithLengths\" (member $x Rows) ((Divide (member (member $x Rows) Lengths) 2))))")]
    [InlineData("RowSpace rows = RowSpace.Table(depth);", "(set (rows) (call Op \"RowSpace.Table\" ~ (#depth)))")]
    [InlineData("RowSpace rows = ids.Rows.Sequences;", "(set (rows) (member (member $ids Rows) Sequences))")]
    [InlineData("Integers n = Max(ids.Positions - 1, x.Positions % 3) + Min(2, ids);",
        "(set (n) (Add (call Op \"Max\" ~ ((Subtract (member $ids Positions) 1) (Remainder (member $x Positions) 3)))"
        + " (call Op \"Min\" ~ (2 $ids))))")]
    [InlineData("Integers n = ids.Types.Select(i => i * 2);", "(set (n) (call Member \"Select\" (member $ids Types) ((fun (i) (Multiply $i 2)))))")]
    [InlineData("Integers n = ids.Types.Select(Bucket);",
        "(set (n) (call Member \"Select\" (member $ids Types) ((fun (distance) (host Integer \"global::Probe.Bucket\" ($distance))))))")]
    [InlineData("Integers n = ids.Types.Select(Double);",
        "(set (n) (call Member \"Select\" (member $ids Types) ((fun (n2) (call OwnMethod \"Double\" ~ ($n2))))))")]
    // Elements.
    [InlineData("Tokens y = Each(x.Rows, hidden, (t, f) => x[t, f] + x[t, t - 1, f] * memory[t, f]);",
        "(set (y) (call Op \"Each\" ~ ((member $x Rows) #hidden (fun (t f) (Add (at $x $t $f)"
        + " (Multiply (at $x $t (Subtract $t 1) $f) (at $memory $t $f)))))))")]
    [InlineData("Tokens y = Each(x.Rows, 1, (t, f) => table[t % 4, f] * memory[(int)t, f] + memory[t.Position, 0]);",
        "(set (y) (call Op \"Each\" ~ ((member $x Rows) 1 (fun (t f) (Add (Multiply (at .table (Remainder $t 4) $f)"
        + " (at $memory (to Integer $t) $f)) (at $memory (to Integer $t) 0))))))")]
    [InlineData("Tokens y = Each(x.Rows, 1, (t, _) => ids[t] + ids.Types[t, t + 1] - x.Rows.Length(t) / x.Length(t));",
        "(set (y) (call Op \"Each\" ~ ((member $x Rows) 1 (fun (t _) (to Real (Subtract (Add (at $ids $t)"
        + " (at (member $ids Types) $t (Add $t 1))) (Divide (call Member \"Length\" (member $x Rows) ($t)) (call Member \"Length\" $x ($t)))))))))")]
    [InlineData("Tokens y = Each(rows: x.Rows, value: (t, f) => t, features: 2);",
        "(set (y) (call Op \"Each\" ~ ((= rows (member $x Rows)) (= features 2) (= value (fun (t f) (to Real $t))))))")]
    [InlineData("Tokens y = Each(x.Rows, 1, (t, f) => t > 2 && !(f == 0) ? Exp(x[t, f]) : Floor(f / 2) * (int)x[t, 0]);",
        "(set (y) (call Op \"Each\" ~ ((member $x Rows) 1 (fun (t f) (? (And (Greater $t 2) (Not (Equal $f 0)))"
        + " (call Op \"Exp\" ~ ((at $x $t $f))) (Multiply (call Op \"Floor\" ~ ((to Real (Divide $f 2)))) (to Integer (at $x $t 0))))))))")]
    // Folds.
    [InlineData("Tokens y = Each(x.Rows, 1, (t, f) => Sum(x.Length(t), n => x[t, n, f] * Max(3, m => table[n, m])));",
        "(set (y) (call Op \"Each\" ~ ((member $x Rows) 1 (fun (t f) (call Op \"Sum\" ~ ((call Member \"Length\" $x ($t))"
        + " (fun (n) (Multiply (at $x $t $n $f) (call Op \"Max\" ~ (3 (fun (m) (at .table $n $m))))))))))))")]
    [InlineData("Tokens y = Each(x.Rows, 1, (t, f) => Sum(2, n => Sum(3, n => table[n, 0]) * n) + Sum(t, n => n));",
        "(set (y) (call Op \"Each\" ~ ((member $x Rows) 1 (fun (t f) (Add (call Op \"Sum\" ~ (2 (fun (n)"
        + " (Multiply (call Op \"Sum\" ~ (3 (fun (n2) (at .table $n2 0)))) $n)))) (call Op \"Sum\" ~ ($t (fun (n) (to Real $n)))))))))")]
    [InlineData("Tokens y = Each(x.Rows, 1, (t, f) => ArgMax(hidden, n => x[t, n]) + Min(t, static n => n * 0.5));",
        "(set (y) (call Op \"Each\" ~ ((member $x Rows) 1 (fun (t f) (Add (call Op \"ArgMax\" ~ (#hidden (fun (n) (at $x $t $n))))"
        + " (call Op \"Min\" ~ ($t (fun (n) (Multiply $n 0.5)))))))))")]
    [InlineData("Tokens y = Each(x.Rows, 1, Value);",
        "(set (y) (call Op \"Each\" ~ ((member $x Rows) 1 (fun (t f) (call OwnMethod \"Value\" ~ ($t $f))))))")]
    // Scans and attention.
    [InlineData("Tokens y = Scan(x.Rows, hidden, 4, (t, f, n, h) => h * table[f, n] + x[t, f], (t, f, n, h) => h, backwards: true);",
        "(set (y) (call Op \"Scan\" ~ ((member $x Rows) #hidden 4 (fun (t f n h) (Add (Multiply $h (at .table $f $n)) (at $x $t $f)))"
        + " (fun (t f n h) $h) (= backwards true))))")]
    [InlineData("Tokens y = Attention(x, x, x, 2, score: (s, i, j, h) => s + table[Bucket(i - j), h], softmax: false);",
        "(set (y) (call Op \"Attention\" ~ ($x $x $x 2 (= score (fun (s i j h) (Add $s (at .table"
        + " (host Integer \"global::Probe.Bucket\" ((Subtract $i $j))) $h)))) (= softmax false))))")]
    // Methods of the host: by place, with the values of what was left out.
    [InlineData("x *= Math.Cbrt(hidden) + Tools.Count(limit: 3, n: hidden);",
        "(set (x) (Multiply $x (Add (host Real \"global::System.Math.Cbrt\" ((to Real #hidden)))"
        + " (host Integer \"global::Tools.Count\" (#hidden 3 true)))))")]
    [InlineData("x *= Tools.@base.@is(hidden) ? 1 : 2;",
        "(set (x) (Multiply $x (to Real (? (host Boolean \"global::Tools.@base.@is\" (#hidden)) 1 2))))")]
    [InlineData("x *= Numbers.Half(hidden);", "(set (x) (Multiply $x (call Function \"Numbers.Half(double)\" ~ ((to Real #hidden)))))")]
    // Banks, arrays, parameters as tokens, and results of functions.
    [InlineData("x = bank[x, memory];", "(set (x) (at .bank $x $memory))")]
    [InlineData("x *= sizes[1] + sizes[sizes.Length - 1];",
        "(set (x) (Multiply $x (to Real (Add (at #sizes 1) (at #sizes (Subtract (member #sizes Length) 1))))))")]
    [InlineData("for (int i = 0; i < sizes.Length; i++) x = Each(x.Rows, 1, (t, f) => x[t, f] * sizes[i]);",
        "(for i 0 (member #sizes Length) ((set (x) (call Op \"Each\" ~ ((member $x Rows) 1"
        + " (fun (t f) (Multiply (at $x $t $f) (at #sizes $i))))))))")]
    [InlineData("x = Twice(table);", "(set (x) (call OwnMethod \"Twice\" ~ (.table)))")]
    [InlineData("(Tokens a, Tokens b) = Numbers.Both(x, x.Rows, ids.Types);",
        "(set (a b) (call Function \"Numbers.Both(Tokens, RowSpace, Integers)\" ~ ($x (member $x Rows) (member $ids Types))))")]
    public void A_statement_is_read_as(string statement, string expected)
    {
        string source = Source.Replace("BODY", statement, StringComparison.Ordinal);
        string text = SpecText.Write(Read.Layer("Probe", source));
        string method = text.Split('\n').Single(line => line.StartsWith(Start, StringComparison.Ordinal));
        string whole = Start + expected + " (return $x)))";
        // The list of methods may end with it.
        Assert.Equal(whole, method[..Math.Min(method.Length, whole.Length)]);
    }

    private const string Source = """
        [TransformerLayer]
        public sealed partial class Probe(int hidden, int depth, int[] sizes)
        {
            private readonly Parameter table = new(hidden, hidden);
            private readonly LinearBank bank = new(4, hidden, hidden);

            public Tokens Forward(Tokens x, TokenIds ids) => Body(bank[x, x], ids, table);

            private Tokens Body(Tokens x, TokenIds ids, Tokens memory)
            {
                BODY
                return x;
            }

            private static Tokens Twice(Tokens x) => x * 2;

            private static int Double(int n) => n * 2;

            private double Value(Row t, int f) => table[t, f];

            internal static int Bucket(int distance)
            {
                while (distance > 8) distance /= 2;
                return distance;
            }
        }

        internal static class Tools
        {
            public static int Count(int n, int limit = 7, bool exact = true) => exact ? Math.Min(n, limit) : n;

            public static class @base
            {
                public static bool @is(int n) => n > 0;
            }
        }

        public static partial class Numbers
        {
            [LayerFunction]
            public static double Half(double x) => x / 2;

            [LayerFunction]
            public static (Tokens, Tokens) Both(Tokens x, RowSpace rows, Integers n) => (Each(rows, 1, (t, f) => n[t]), x);
        }
        """;
}
