using System.Diagnostics;

namespace KernelForge.Runtime.Cpu.Profiling;

/// <summary>What a kernel does with floats, and what it moves.</summary>
/// <param name="Flops">Multiplications and additions of floats, or of what stands for them; 0 where nobody counts them.</param>
/// <param name="Bytes">Bytes that are read and written once each, wherever they lie; 0 where nobody counts them.</param>
public readonly record struct KernelCost(double Flops, double Bytes)
{
    public static KernelCost operator +(KernelCost a, KernelCost b) => new(a.Flops + b.Flops, a.Bytes + b.Bytes);
}

/// <summary>A kernel of the generated code, in all its calls.</summary>
/// <param name="Kind">What does the work: <c>gemm</c>, <c>attention</c>, <c>row</c>, …</param>
/// <param name="Names">The values of the description that it computes, as the generated text names them.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Time">
/// Time of all calls together, from their begin until all threads were done; of calls that each thread makes alone, beside those of others, what
/// they take of the threads' time together.
/// </param>
/// <param name="Cost">Work of all calls together.</param>
public sealed record KernelTime(string Kind, string Names, int Calls, TimeSpan Time, KernelCost Cost);

/// <summary>
/// Measures every kernel that the CPU runs, in this process, from <see cref="Start"/> until it is disposed of. Kernels of several layers of one
/// description are one; what lies between kernels is none's.
/// </summary>
public sealed class KernelProfile : IDisposable
{
    private static KernelProfile? current;

    private readonly Lock access = new();
    private readonly Dictionary<Type, Entry> entries = [];

    private KernelProfile() { }

    /// <summary>The kernels so far, in the order in which they first ran.</summary>
    public IReadOnlyList<KernelTime> Kernels
    {
        get
        {
            lock (access)
            {
                return [.. entries.Values.OrderBy(e => e.Number).Select(e =>
                    new KernelTime(e.Kind, e.Names, e.Calls, Stopwatch.GetElapsedTime(0, e.Ticks), e.Cost))];
            }
        }
    }

    /// <summary>Begins to measure.</summary>
    /// <exception cref="InvalidOperationException">Another one is not yet disposed of.</exception>
    public static KernelProfile Start()
    {
        var profile = new KernelProfile();
        return Interlocked.CompareExchange(ref current, profile, null) is null
            ? profile
            : throw new InvalidOperationException("Kernels are measured already: one profile at a time.");
    }

    public void Dispose() => Interlocked.CompareExchange(ref current, null, this);

    /// <summary>The one that measures now.</summary>
    internal static KernelProfile? Current => Volatile.Read(ref current);

    internal void Add<TWork>(TWork work, long ticks) where TWork : IWork
    {
        lock (access)
        {
            if (!entries.TryGetValue(typeof(TWork), out Entry? entry))
            {
                string kind = work is IMeasuredWork measured ? measured.Kind : KernelNames.Plain(typeof(TWork));
                entries.Add(typeof(TWork), entry = new Entry(entries.Count, kind, KernelNames.Of(typeof(TWork))));
            }
            entry.Calls++;
            entry.Ticks += ticks;
            if (work is IMeasuredWork known) entry.Cost += known.Cost;
        }
    }

    private sealed class Entry(int number, string kind, string names)
    {
        public int Number => number;

        public string Kind => kind;

        public string Names => names;

        public int Calls { get; set; }

        public long Ticks { get; set; }

        public KernelCost Cost { get; set; }
    }
}

/// <summary>Work that knows what it is and what it costs.</summary>
internal interface IMeasuredWork
{
    string Kind { get; }

    KernelCost Cost { get; }
}

/// <summary>The values that a kernel computes, from the generated types that its work is made of.</summary>
internal static class KernelNames
{
    /// <summary>The generated types among the arguments of a type, without what the generator adds to their names.</summary>
    public static string Of(Type work) => string.Join(", ", Generated(work).Select(Plain).Distinct());

    /// <summary>A type's name as it would be a value's.</summary>
    public static string Plain(Type type)
    {
        string name = type.Name.Split('`')[0];
        foreach (string ending in (string[])["Epilogue", "Kernel", "Work"])
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal)) name = name[..^ending.Length];
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static IEnumerable<Type> Generated(Type type) => type.GetGenericArguments().SelectMany(argument =>
        argument.Assembly == typeof(KernelNames).Assembly ? Generated(argument) : [argument]);
}
