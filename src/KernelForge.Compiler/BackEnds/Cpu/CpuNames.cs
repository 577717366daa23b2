using System.Globalization;
using System.Text;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>What everything of a plan is called in the generated program, each name once, as near to the user's as it can be.</summary>
internal sealed class CpuNames
{
    private readonly HashSet<string> taken = new(StringComparer.Ordinal)
    {
        // Members and types that the program's text uses by name.
        "TVector", "Pool", "Run", "Keep", "Dispose", "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize",
        "Rows", "RaggedRows", "RowBuffer", "Gemm", "Attention", "Segments", "RowKernels", "PackedMatrix", "WeightPart", "Interval", "Coverage",
        "AttentionRow", "AttentionHeads", "PlainScore", "NoMask", "VectorMath", "VectorActivation", "SegmentOperation", "Math", "MathF", "Ops",
        "CpuProgram", "CpuWorkspace", "CpuDevice", "LoadedWeights", "RunInput", "RunOutput", "Float512", "Float256", "Float128", "VectorWidth",
        "ActivationKind", "MethodImpl", "MethodImplOptions", "IGemmEpilogue", "IGemmPairEpilogue", "IRowKernel", "IScore", "IMask", "IVector",
    };

    private readonly Dictionary<string, string> hypers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> indices = new(StringComparer.Ordinal);
    private readonly string[] buffers, spaces;
    private readonly Dictionary<(int Input, bool Types), string> integers = [];

    public CpuNames(KernelPlan plan)
    {
        foreach (HyperParameter h in plan.HyperParameters) hypers[h.Name] = CSharpText.Identifier(Unique(h.Name));
        foreach (string index in LoopIndices(plan.Steps).Distinct()) indices[index] = Unique(index);
        (Device, Weights) = (Unique("device"), Unique("weights"));
        (Workspace, Inputs, Outputs) = (Unique("workspace"), Unique("inputs"), Unique("outputs"));
        spaces = [.. plan.RowSpaces.Select(s => CSharpText.Identifier(Unique(Camel(s.Name))))];
        buffers = [.. plan.Buffers.Select(b => CSharpText.Identifier(Unique(Camel(b.Name))))];
        foreach (PlanInput input in plan.Inputs.Where(i => i.Kind != InputKind.Tokens))
        {
            int number = Array.IndexOf([.. plan.Inputs], input);
            integers[(number, false)] = CSharpText.Identifier(Unique(Camel(input.Name)));
            if (input.Kind == InputKind.TokenIds) integers[(number, true)] = Unique(Camel(input.Name) + "Types");
        }
    }

    public string Device { get; }

    public string Weights { get; }

    public string Workspace { get; }

    public string Inputs { get; }

    public string Outputs { get; }

    public string Buffer(int id) => buffers[id];

    public string Space(int id) => spaces[id];

    public string Hyper(string name) => hypers[name];

    public string Index(string name) => indices[name];

    /// <summary>The ids (or types) that an input brings.</summary>
    public string Integers(int input, bool types) => integers[(input, types)];

    /// <summary>A host value as C#, in double precision where it is real.</summary>
    public string Scalar(Scalar value) => ScalarText.Of(value, h => hypers[h.Name], i => indices[i.Name]);

    public string Size(Size size) => Scalar(size.ToScalar());

    /// <summary>A name that nothing else in the class has.</summary>
    public string Unique(string wanted) => Unique(taken, wanted);

    /// <summary>The wanted name, or the first of its numbered followers that is free.</summary>
    public static string Unique(HashSet<string> taken, string wanted)
    {
        string name = wanted;
        for (int i = 2; !taken.Add(name); i++) name = wanted + i.ToString(CultureInfo.InvariantCulture);
        return name;
    }

    /// <summary><c>layers_query.weight</c> → <c>LayersQueryWeight</c>.</summary>
    public static string Pascal(string text)
    {
        var name = new StringBuilder();
        bool upper = true;
        foreach (char c in text)
        {
            bool letter = c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9');
            if (letter) name.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = !letter;
        }
        if (name.Length == 0 || char.IsDigit(name[0])) name.Insert(0, "Value");
        return name.ToString();
    }

    public static string Camel(string text)
    {
        string name = Pascal(text);
        return char.ToLowerInvariant(name[0]) + name.Substring(1);
    }

    private static IEnumerable<string> LoopIndices(IEnumerable<Step> steps) => steps.SelectMany(s => s switch
    {
        Step.Loop l => LoopIndices(l.Body).Prepend(l.Index),
        Step.Branch b => LoopIndices(b.Then).Concat(LoopIndices(b.Else)),
        _ => [],
    });
}
