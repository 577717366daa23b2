using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Decoding;

/// <summary>Turns a kernel and the functions it calls into a <see cref="Program"/>. What it does not know it names.</summary>
internal sealed unsafe partial class Decoder
{
    // What assert calls where its condition does not hold; its body is the driver's.
    private const string AssertionFailure = "__assertfail";

    private readonly PtxModule module;
    private readonly PtxFunction entry;
    private readonly IReadOnlyDictionary<PtxVariable, Allocation> globals;
    private readonly RegisterFile registers = new();
    private readonly SharedLayout shared;
    private readonly ParameterLayout parameters;
    private readonly Dictionary<PtxVariable, int> locals = [];
    private readonly List<LocalVariable> localVariables = [];
    private readonly List<Instruction> code = [];
    private readonly List<(Instruction Instruction, string Function)> calls = [];
    private readonly Dictionary<string, int> functionStarts = [];
    private readonly HashSet<string> underDecoding = [];
    private int localBytes;

    private Decoder(PtxModule module, PtxFunction entry, IReadOnlyDictionary<PtxVariable, Allocation> globals)
    {
        this.module = module;
        this.entry = entry;
        this.globals = globals;
        List<PtxFunction> reached = Reached(entry, []);
        shared = new SharedLayout(module.Variables.Concat(reached.SelectMany(f => f.Variables)).Where(v => v.Space == StateSpace.Shared));
        parameters = new ParameterLayout(entry);
        foreach (PtxFunction function in reached) AddLocals(function);
    }

    /// <exception cref="PtxException">An instruction is not known.</exception>
    public static Program Decode(PtxModule module, PtxFunction entry, IReadOnlyDictionary<PtxVariable, Allocation> globals)
    {
        var decoder = new Decoder(module, entry, globals);
        decoder.Function(entry);
        for (int i = 0; i < decoder.calls.Count; i++)
        {
            (Instruction instruction, string name) = decoder.calls[i];
            if (!decoder.functionStarts.TryGetValue(name, out int start)) start = decoder.Function(decoder.module.Functions[name]);
            instruction.Target = start;
        }
        for (int i = 0; i < decoder.code.Count; i++) decoder.code[i].Place = i;
        return new Program
        {
            Name = entry.Name,
            Entry = entry,
            Files = module.Files,
            Code = [.. decoder.code],
            Specials = decoder.registers.Specials,
            InitialRegisters = decoder.registers.Image(),
            Shared = decoder.shared,
            LocalBytes = decoder.localBytes,
            Locals = decoder.localVariables,
            Parameters = decoder.parameters,
        };
    }

    private int Function(PtxFunction function)
    {
        int start = functionStarts[function.Name] = code.Count;
        int[] places = new int[function.Instructions.Count + 1];
        var branches = new List<(Instruction Instruction, NameOperand Label)>();
        var switches = new List<Instruction>();
        for (int i = 0; i < function.Instructions.Count; i++)
        {
            places[i] = code.Count;
            PtxInstruction source = function.Instructions[i];
            if (source.Name == "call") Call(source);
            else if (source.Name == "brx") switches.Add(Switch(source));
            else if (source.Name == "bra") branches.Add((Emit(source, Flow.Branch), LabelOf(source)));
            else Decode(source);
        }
        places[^1] = code.Count;
        // Falling off the end returns.
        code.Add(new Instruction { Source = new PtxInstruction(EndLine(function), default, null, false, "ret", []), Flow = Flow.Return });
        foreach ((Instruction instruction, NameOperand label) in branches)
            instruction.Target = places[function.Labels[Resolve(instruction.Source, label)]];
        foreach (Instruction instruction in switches)
        {
            PtxInstruction source = instruction.Source;
            if (!function.BranchTargets.TryGetValue(Resolve(source, (NameOperand)source.Operands[1]), out var targets)) throw Unknown(source);
            instruction.Registers = [.. targets.Select(label => places[function.Labels[Resolve(source, label)]])];
        }
        return start;
    }

    private static string Resolve(PtxInstruction source, NameOperand label) => label.Scope.FindLabel(label.Name)
        ?? throw new PtxException(source.Line, $"the label '{label.Name}' is not declared");

    private Instruction Switch(PtxInstruction source)
    {
        Require(source, source.Has("idx") && source.Operands is [_, NameOperand]);
        Instruction instruction = Emit(source, Flow.Switch);
        instruction.A = Source(source, 0, ScalarType.U32);
        return instruction;
    }

    private static int EndLine(PtxFunction function) => function.Instructions.Count > 0 ? function.Instructions[^1].Line : 0;

    private static NameOperand LabelOf(PtxInstruction source) =>
        source.Operands is [NameOperand label] ? label : throw Unknown(source);

    // Arguments and results are copied between the caller's parameter variables and the function's own: no function calls itself.
    private void Call(PtxInstruction source)
    {
        ListOperand[] lists = [.. source.Operands.OfType<ListOperand>()];
        NameOperand name = source.Operands.OfType<NameOperand>().FirstOrDefault() ?? throw Unknown(source);
        if (name.Name == AssertionFailure)
        {
            Emit(source, Flow.Trap);
            return;
        }
        if (!module.Functions.TryGetValue(name.Name, out PtxFunction? function))
            throw new PtxException(source.Line, $"the function '{name.Name}' has no body in this module");
        bool hasResults = source.Operands.Length > 0 && source.Operands[0] is ListOperand;
        ListOperand? results = hasResults ? lists[0] : null;
        ListOperand? arguments = lists.Length > (hasResults ? 1 : 0) ? lists[^1] : null;
        for (int i = 0; i < (arguments?.Items.Length ?? 0); i++) CopyLocal(source, arguments!.Items[i], function.Parameters[i], isArgument: true);
        calls.Add((Emit(source, Flow.Call), name.Name));
        for (int i = 0; i < (results?.Items.Length ?? 0); i++) CopyLocal(source, results!.Items[i], function.Results[i], isArgument: false);
    }

    private void CopyLocal(PtxInstruction source, Operand outer, PtxVariable inner, bool isArgument)
    {
        if (outer is not AddressOperand { Variable: var variable } || !locals.TryGetValue(variable, out int offset)) throw Unknown(source);
        Instruction copy = Emit(source, &LoadStore.CopyLocal);
        (copy.A, copy.D) = isArgument ? (offset, locals[inner]) : (locals[inner], offset);
        copy.Width = Math.Min(variable.Bytes, inner.Bytes);
    }

    private List<PtxFunction> Reached(PtxFunction function, List<PtxFunction> into)
    {
        if (!underDecoding.Add(function.Name))
            throw new PtxException(EndLine(function), $"'{function.Name}' calls itself: recursion is not supported");
        if (!into.Contains(function)) into.Add(function);
        foreach (PtxInstruction instruction in function.Instructions)
            if (instruction.Name == "call" && instruction.Operands.OfType<NameOperand>().FirstOrDefault() is { } name
                && module.Functions.TryGetValue(name.Name, out PtxFunction? called)) Reached(called, into);
        underDecoding.Remove(function.Name);
        return into;
    }

    private void AddLocals(PtxFunction function)
    {
        IEnumerable<PtxVariable> variables = function.Variables.Where(v => v.Space is StateSpace.Local or StateSpace.Parameter);
        if (!function.IsEntry) variables = variables.Concat(function.Parameters).Concat(function.Results);
        foreach (PtxVariable variable in variables)
        {
            const int gap = 16;
            int alignment = Math.Max(variable.Alignment, 16);
            localBytes = (localBytes + alignment - 1) / alignment * alignment;
            locals[variable] = localBytes;
            localVariables.Add(new LocalVariable(variable.Name, localBytes, variable.Bytes));
            localBytes += variable.Bytes + gap;
        }
    }

    private Instruction Emit(PtxInstruction source, Flow flow)
    {
        var instruction = new Instruction { Source = source, Flow = flow };
        if (source.Guard is { } guard)
        {
            instruction.Guard = registers.Of(guard);
            instruction.GuardNegated = source.GuardNegated;
        }
        code.Add(instruction);
        return instruction;
    }

    private Instruction Emit(PtxInstruction source, delegate*<Warp, Instruction, uint, void> run)
    {
        Instruction instruction = Emit(source, Flow.Straight);
        instruction.Run = run;
        return instruction;
    }

    private static PtxException Unknown(PtxInstruction source) =>
        new(source.Line, $"the emulated GPU does not know the instruction '{source.Opcode}' with these operands");
}
