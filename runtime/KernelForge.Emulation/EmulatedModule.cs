using KernelForge.Emulation.Decoding;
using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Emulation;

/// <summary>A loaded module: its kernels and its global variables.</summary>
public sealed class EmulatedModule
{
    private readonly PtxModule module;
    private readonly Dictionary<PtxVariable, Allocation> globals = [];
    private readonly Dictionary<string, EmulatedFunction> functions = [];

    internal EmulatedModule(string ptx, AddressSpace addresses)
    {
        module = Parser.Parse(ptx);
        foreach (PtxVariable variable in module.Variables)
        {
            if (variable.Space is not (StateSpace.Global or StateSpace.Constant)) continue;
            Allocation allocation = addresses.Allocate(variable.Bytes, variable.Name, variable.Space == StateSpace.Constant);
            Initialise(allocation, variable);
            globals[variable] = allocation;
        }
        foreach (PtxFunction function in module.Functions.Values)
            if (function.IsEntry) functions[function.Name] = new EmulatedFunction(Decoder.Decode(module, function, globals));
    }

    /// <summary>The kernels' names.</summary>
    public IReadOnlyCollection<string> FunctionNames => functions.Keys;

    /// <exception cref="EmulationException">The module has no kernel of that name.</exception>
    public EmulatedFunction GetFunction(string name) => functions.TryGetValue(name, out EmulatedFunction? function)
        ? function
        : throw new EmulationException(EmulationError.NotFound,
            $"the module has no kernel '{name}'; it has {string.Join(", ", functions.Keys)}");

    /// <summary>Address and size of a <c>__device__</c> or <c>__constant__</c> variable.</summary>
    /// <exception cref="EmulationException">The module has no variable of that name.</exception>
    public (ulong Address, long Bytes) GetGlobal(string name)
    {
        foreach ((PtxVariable variable, Allocation allocation) in globals)
            if (variable.Name == name) return (allocation.Address, allocation.Length);
        throw new EmulationException(EmulationError.NotFound, $"the module has no variable '{name}'");
    }

    /// <summary>The architecture that the text is for: <c>sm_80</c>.</summary>
    public string Target => module.Target;

    /// <summary>The version of the PTX language that the text is in: <c>9.0</c>.</summary>
    public string PtxVersion => module.Version;

    /// <summary>Bytes of all <c>__constant__</c> variables.</summary>
    public int ConstantBytes => module.Variables.Where(v => v.Space == StateSpace.Constant).Sum(v => v.Bytes);

    internal IEnumerable<Allocation> Allocations => globals.Values;

    // Without an initialiser a variable is zero.
    private static unsafe void Initialise(Allocation allocation, PtxVariable variable)
    {
        var bytes = new Span<byte>(allocation.Memory.Data, variable.Bytes);
        bytes.Clear();
        variable.Initial.AsSpan().CopyTo(bytes);
        allocation.Memory.Written.SetRange(0, variable.Bytes);
    }
}

/// <summary>A kernel of a loaded module.</summary>
public sealed class EmulatedFunction
{
    internal EmulatedFunction(Program program) => Program = program;

    public string Name => Program.Name;

    /// <summary>Shared memory of fixed size, in bytes.</summary>
    public int StaticSharedBytes => Program.Shared.StaticBytes;

    /// <summary>Local memory of a thread that the text declares, in bytes; an assembler may add some for registers that it spills.</summary>
    public int LocalBytes => Program.Locals.Sum(l => l.Bytes);

    /// <summary>Bytes of all parameters as <see cref="LaunchArguments"/> packs them.</summary>
    public int ParameterBytes => Program.Parameters.Bytes;

    /// <summary>Threads that a block can have.</summary>
    internal int MaximumThreads(ArchitectureLimits limits) => Math.Min(limits.ThreadsOfBlock, Program.Entry.MaximumThreads ?? int.MaxValue);

    internal Program Program { get; }
}
