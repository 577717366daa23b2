using System.Globalization;
using System.Text;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds;

/// <summary>What everything of a plan is called in a generated program, each name once, as near to the user's as it can be.</summary>
internal sealed class ProgramNames
{
    private readonly KernelPlan plan;
    private readonly HashSet<string> taken;
    private readonly Dictionary<string, string> hypers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> indices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);
    private readonly string[] buffers, spaces, hostIntegers;
    private readonly Dictionary<(int Input, bool Types), string> integers = [];

    /// <param name="plan">What the program computes.</param>
    /// <param name="reserved">Members and types that the program's text uses by name.</param>
    /// <param name="variables">What the back end itself calls its variables, such as <c>device</c>; see <see cref="Variable"/>.</param>
    public ProgramNames(KernelPlan plan, IEnumerable<string> reserved, params string[] variables)
    {
        this.plan = plan;
        taken = new HashSet<string>(reserved, StringComparer.Ordinal);
        foreach (HyperParameter h in plan.HyperParameters) hypers[h.Name] = CSharpText.Identifier(Unique(h.Name));
        foreach (string index in Step.Loops(plan.Steps).Select(l => l.Index).Distinct()) indices[index] = Unique(index);
        foreach (string variable in variables) this.variables[variable] = Unique(variable);
        spaces = [.. plan.RowSpaces.Select(s => CSharpText.Identifier(Unique(Camel(s.Name))))];
        buffers = [.. plan.Buffers.Select(b => CSharpText.Identifier(Unique(Camel(b.Name))))];
        foreach (PlanInput input in plan.Inputs.Where(i => i.Kind != InputKind.Tokens))
        {
            int number = Array.IndexOf([.. plan.Inputs], input);
            integers[(number, false)] = CSharpText.Identifier(Unique(Camel(input.Name)));
            if (input.Kind == InputKind.TokenIds) integers[(number, true)] = Unique(Camel(input.Name) + "Types");
        }
        hostIntegers = [.. plan.HostIntegers.Select(_ => Unique("integers"))];
    }

    /// <summary>A variable of the back end, by the name that it would like to have.</summary>
    public string Variable(string wanted) => variables[wanted];

    public string Buffer(int id) => buffers[id];

    public string Space(int id) => spaces[id];

    public string Hyper(string name) => hypers[name];

    public string Index(string name) => indices[name];

    /// <summary>The ids (or types) that an input brings.</summary>
    public string Integers(int input, bool types) => integers[(input, types)];

    /// <summary>Columns of a buffer.</summary>
    /// <param name="method">The method that takes a part of the columns, by start and count.</param>
    public string View(View view, string method) =>
        view.Start.Equals(Ir.Size.Zero) && view.Columns.Equals(plan.Buffers[view.Buffer].Columns)
            ? Buffer(view.Buffer)
            : $"{Buffer(view.Buffer)}.{method}({Size(view.Start)}, {Size(view.Columns)})";

    /// <summary>An element of <see cref="KernelPlan.HostIntegers"/>.</summary>
    public string HostIntegers(int id) => hostIntegers[id];

    /// <summary>A host value as C#, in double precision where it is real.</summary>
    public string Scalar(Scalar value) => Scalar(value, 0);

    /// <inheritdoc cref="Scalar(Scalar)"/>
    /// <param name="level">How strongly what stands beside it binds.</param>
    public string Scalar(Scalar value, int level) => ScalarText.Of(value, h => hypers[h.Name], i => indices[i.Name], level);

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
}
