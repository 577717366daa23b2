using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// What a kernel's struct is given: each thing that its text reads becomes a parameter of the struct, once, and an argument where the struct
/// is made.
/// </summary>
internal sealed class CpuArguments(ProgramNames names, ProgramParameters parameters)
{
    private readonly HashSet<string> taken = new(StringComparer.Ordinal)
    {
        "row", "column", "locals", "first", "second", "value", "head", "s", "i", "j", "f", "n", "h", "end", "stop", "memory", "begin", "count", "turn",
        "place", "total", "TVector", "Apply", "Run", "Includes", "Cover", "Exists",
    };

    private readonly List<(string Type, string Name, string Argument)> all = [];

    /// <summary><c>Rows&lt;TVector&gt; output, float epsilon</c></summary>
    public string Declaration => string.Join(", ", all.Select(a => a.Type + " " + a.Name));

    /// <summary><c>x, (float)epsilon</c></summary>
    public string Values => string.Join(", ", all.Select(a => a.Argument));

    public int Count => all.Count;

    /// <summary>A name for a local variable of the struct's method.</summary>
    public string Local(string wanted) => CSharpText.Identifier(ProgramNames.Unique(taken, wanted));

    public string View(View view, string name) => Add("Rows<TVector>", name, names.View(view));

    public string Parameter(int number) => Add("Rows<TVector>", parameters.ShortName(number), parameters.Field(number));

    /// <summary>A parameter turned round: [columns, rows].</summary>
    public string Transposed(int number) => Add("Rows<TVector>", parameters.ShortName(number) + "Transposed", parameters.Field(number, CpuParameters.Transposed));

    public string Space(int space) => Add("RaggedRows", names.Space(space).TrimStart('@'), names.Space(space));

    public string Integers(int input, bool types)
    {
        string name = names.Integers(input, types);
        return Add("int[]", name.TrimStart('@'), name);
    }

    public string HostIntegers(int number) => Add("int[]", names.HostIntegers(number).TrimStart('@'), names.HostIntegers(number));

    /// <summary>A variable of the method that makes the struct.</summary>
    public string Variable(string type, string name, string wanted) => Add(type, wanted, name);

    /// <summary>A size; a constant stays one.</summary>
    public string Size(Size size) => size.Constant is { } ? names.Size(size) : Add("int", NameOf(size.ToScalar(), "columns"), names.Size(size));

    /// <summary>A host value as float, double, int or bool; a constant becomes a literal.</summary>
    public string Host(Scalar value, string type)
    {
        if (CSharpConstant.Of(value, type) is { } constant) return constant;
        string text = names.Scalar(value);
        string argument = type == "float" ? (value is Scalar.Hyper ? "(float)" + text : "(float)(" + text + ")") : text;
        return Add(type, NameOf(value, "value"), argument);
    }

    /// <summary>The kind of an activation that a configuration names.</summary>
    public string Activation(Scalar activation)
    {
        string text = names.Scalar(activation);
        return Add("ActivationKind", NameOf(activation, "activation"), (activation is Scalar.Hyper ? text : "(" + text + ")") + ".Kind");
    }

    private string Add(string type, string wanted, string argument)
    {
        foreach ((string Type, string Name, string Argument) a in all)
            if (a.Type == type && a.Argument == argument) return a.Name;
        string name = Local(wanted);
        all.Add((type, name, argument));
        return name;
    }

    private static string NameOf(Scalar value, string otherwise) => value is Scalar.Hyper h ? h.Name : otherwise;
}
