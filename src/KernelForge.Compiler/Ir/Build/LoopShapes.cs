using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>
/// What earlier attempts to follow a description have learned of its loops, by their order: which values change their rows or their width. A loop's
/// values are taken to keep both. Where the body does not end so, or breaks a rule, one attempt (the probe) lets its values have any width, to see how it
/// ends; the next one knows.
/// </summary>
internal sealed class LoopShapes
{
    private const int MostAttempts = 4;

    private readonly List<Loop> loops = [];
    private readonly HashSet<string> probed = new(StringComparer.Ordinal);

    /// <summary>How a value is at the end of a pass, as far as that differs from its beginning.</summary>
    /// <param name="Columns">Its width, by the pass's index and <see cref="Scalar.Previous"/>, its width in the pass; null: that of before the loop.</param>
    /// <param name="Rows">Values with the same name here have the same rows as each other in every pass; null: the rows of before the loop.</param>
    public sealed record End(Size? Columns, string? Rows);

    /// <summary>The loop of a number, in the order in which an attempt comes to them.</summary>
    public Loop Of(int number)
    {
        while (loops.Count <= number) loops.Add(new Loop(this, loops.Count));
        return loops[number];
    }

    /// <summary>The width of a value that a probe does not know.</summary>
    public Size Probe(Loop loop, string local)
    {
        string name = $"?{local}{In(loop)}";
        probed.Add(name);
        return Size.From(new Scalar.Hyper(name, ValueKind.Integer, false));
    }

    /// <summary>Whether a probe's width is part of this one.</summary>
    /// <param name="of">Whose probe: that of a loop around it is as good as any width. Null: whose ever.</param>
    public bool IsProbed(Size size, Loop? of = null)
    {
        bool found = false;
        Look(size.ToScalar());
        return found;

        void Look(Scalar value) => Scalars.Replace(value, s =>
        {
            if (s is Scalar.Hyper h) found |= probed.Contains(h.Name) && (of is null || h.Name.EndsWith(In(of), StringComparison.Ordinal));
            if (s is Scalar.Recurring r)
            {
                Look(r.Definition.Initial);
                Look(r.Definition.Step);
            }
            return null;
        });
    }

    private static string In(Loop loop) => $" in loop {loop.Number}";

    public sealed class Loop(LoopShapes all, int number)
    {
        private static readonly End Same = new(null, null);
        private Dictionary<string, End> ends = [];
        private CompileException? failure;
        private int attempts;

        public int Number => number;

        /// <summary>Whether this attempt lets the values have any width.</summary>
        public bool IsProbe { get; private set; }

        /// <summary>Whether what is learned of the loop goes on changing from attempt to attempt.</summary>
        public bool IsExhausted => attempts == MostAttempts;

        public End EndOf(string local) => ends.TryGetValue(local, out End? end) ? end : Same;

        /// <summary>Whether a body that breaks a rule may do so for what was assumed.</summary>
        public bool MayFail => IsProbe || attempts == 0;

        /// <summary>The body breaks a rule: the next attempt probes what would make it right. A probe that fails fails as the attempt before it.</summary>
        public void Failed(CompileException error)
        {
            if (IsProbe) throw failure ?? error;
            failure = error;
            Again(isProbe: true);
        }

        /// <summary>Whether the attempt has assumed what it found.</summary>
        public bool Confirms(Dictionary<string, End> found)
        {
            if (!found.All(f => f.Value.Equals(EndOf(f.Key)))) return false;
            if (IsProbe && failure is not null) throw failure;
            return !IsProbe;
        }

        public void Learn(Dictionary<string, End> found)
        {
            // What an attempt without a probe finds it may have found by chance: a width of before the loop is like any other.
            bool probes = attempts == 0 && found.Values.Any(f => f.Columns is not null);
            if (!probes) ends = found;
            Again(probes);
        }

        // What was learned of the loops behind the beginning of this one was learned of other values.
        private void Again(bool isProbe)
        {
            attempts++;
            IsProbe = isProbe;
            all.probed.Clear();
            all.loops.RemoveRange(number + 1, all.loops.Count - number - 1);
        }
    }
}
