using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

/// <summary>A module of the driver's.</summary>
internal sealed class LoadedModule(EmulatedModule module)
{
    public EmulatedModule Module { get; } = module;

    public bool IsUnloaded { get; set; }

    /// <summary>The kernels that were asked for, by name.</summary>
    public Dictionary<string, (FunctionHandle Handle, LoadedFunction Function)> Functions { get; } = [];
}

/// <summary>A kernel of a loaded module.</summary>
internal sealed class LoadedFunction(LoadedModule module, EmulatedFunction function, int usualSharedBytes)
{
    public LoadedModule Module { get; } = module;

    public EmulatedFunction Function { get; } = function;

    public string Name => Function.Name;

    /// <summary>Dynamic shared memory that a launch may ask for.</summary>
    public int MaxDynamicSharedBytes { get; set; } = Math.Max(0, usualSharedBytes - function.StaticSharedBytes);
}
