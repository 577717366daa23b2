using System.Globalization;
using System.Text;
using KernelForge.Emulation.Ptx;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

// Modules, their kernels and variables.
public sealed partial class EmulatedDriver
{
    private readonly HandleTable<LoadedModule> modules = new("module");
    private readonly HandleTable<LoadedFunction> functions = new("kernel");

    public CudaResult LoadModule(ReadOnlySpan<byte> image, out CudaModuleHandle module, out string log)
    {
        lock (gate)
        {
            (module, log) = (default, "");
            CudaResult result = Begin();
            if (result != CudaResult.Success) return result;
            if (image.StartsWith("\x7fELF"u8))
                return Refuse(CudaResult.NoBinaryForGpu, "this is machine code; an emulated GPU executes PTX", out log);
            int end = image.IndexOf((byte)0);
            if (end < 0) return Refuse(CudaResult.InvalidImage, "PTX ends with a zero byte, and none is here", out log);
            try
            {
                EmulatedModule loaded = device.LoadModule(Encoding.UTF8.GetString(image[..end]));
                if (WhyNotFor(loaded.Target) is { } reason)
                {
                    device.Unload(loaded);
                    return Refuse(CudaResult.InvalidPtx, reason, out log);
                }
                module = new CudaModuleHandle(modules.Add(new LoadedModule(loaded)));
                return CudaResult.Success;
            }
            catch (PtxException error)
            {
                return Refuse(CudaResult.InvalidPtx, error.Message, out log);
            }
        }
    }

    public CudaResult UnloadModule(CudaModuleHandle module)
    {
        lock (gate)
        {
            CudaResult result = Begin();
            if (!modules.Remove(module.Value, out LoadedModule unloaded))
                return result != CudaResult.Success ? result : Fail(CudaResult.InvalidHandle, modules.Missing(module.Value));
            unloaded.IsUnloaded = true;
            device.Unload(unloaded.Module);
            foreach ((FunctionHandle handle, _) in unloaded.Functions.Values) functions.Remove(handle.Value, out _);
            return result;
        }
    }

    public CudaResult GetFunction(CudaModuleHandle module, string name, out FunctionHandle function)
    {
        lock (gate)
        {
            function = default;
            CudaResult result = Begin();
            if (result != CudaResult.Success) return result;
            if (!modules.TryFind(module.Value, out LoadedModule loaded)) return Fail(CudaResult.InvalidHandle, modules.Missing(module.Value));
            if (!loaded.Functions.TryGetValue(name, out var known))
            {
                try
                {
                    var found = new LoadedFunction(loaded, loaded.Module.GetFunction(name), device.Limits.UsualSharedBytes);
                    loaded.Functions[name] = known = (new FunctionHandle(functions.Add(found)), found);
                }
                catch (EmulationException missing)
                {
                    return Fail(CudaResult.NotFound, missing.Message);
                }
            }
            function = known.Handle;
            return CudaResult.Success;
        }
    }

    public CudaResult GetGlobal(CudaModuleHandle module, string name, out DevicePointer address, out nuint bytes)
    {
        lock (gate)
        {
            (address, bytes) = (default, 0);
            CudaResult result = Begin();
            if (result != CudaResult.Success) return result;
            if (!modules.TryFind(module.Value, out LoadedModule loaded)) return Fail(CudaResult.InvalidHandle, modules.Missing(module.Value));
            try
            {
                (ulong at, long length) = loaded.Module.GetGlobal(name);
                (address, bytes) = (new DevicePointer(at), (nuint)length);
                return CudaResult.Success;
            }
            catch (EmulationException missing)
            {
                return Fail(CudaResult.NotFound, missing.Message);
            }
        }
    }

    /// <summary>
    /// What the PTX tells. A count of registers it does not: <see cref="FunctionProperty.NumRegs"/> is 0, and
    /// <see cref="FunctionProperty.LocalSizeBytes"/> has what the code declares, without what an assembler would spill.
    /// </summary>
    public CudaResult GetFunctionProperty(FunctionHandle function, FunctionProperty property, out int value)
    {
        lock (gate)
        {
            value = 0;
            CudaResult result = Begin();
            if (result != CudaResult.Success) return result;
            if (!functions.TryFind(function.Value, out LoadedFunction loaded)) return Fail(CudaResult.InvalidHandle, functions.Missing(function.Value));
            if (ValueOf(loaded, property) is not { } known)
                return Fail(CudaResult.InvalidValue, $"an emulated GPU does not know the property {property} of a kernel");
            value = known;
            return CudaResult.Success;
        }
    }

    public CudaResult SetFunctionProperty(FunctionHandle function, FunctionProperty property, int value)
    {
        lock (gate)
        {
            CudaResult result = Begin();
            if (result != CudaResult.Success) return result;
            if (!functions.TryFind(function.Value, out LoadedFunction loaded)) return Fail(CudaResult.InvalidHandle, functions.Missing(function.Value));
            if (property == FunctionProperty.PreferredSharedMemoryCarveout) return CudaResult.Success; // A hint, and there is no cache.
            if (property != FunctionProperty.MaxDynamicSharedSizeBytes)
                return Fail(CudaResult.InvalidValue, $"the property {property} of kernel '{loaded.Name}' cannot be set on an emulated GPU");
            int most = device.Limits.SharedBytesOfBlock - loaded.Function.StaticSharedBytes;
            if (value < 0 || value > most)
            {
                return Fail(CudaResult.InvalidValue,
                    $"kernel '{loaded.Name}' can have at most {most} bytes of dynamic shared memory on {Architecture}, and not {value}");
            }
            loaded.MaxDynamicSharedBytes = value;
            return CudaResult.Success;
        }
    }

    public CudaResult GetMaxActiveBlocks(FunctionHandle function, int blockThreads, nuint dynamicSharedBytes, out int blocks)
    {
        lock (gate)
        {
            blocks = 0;
            CudaResult result = Begin();
            if (result != CudaResult.Success) return result;
            if (!functions.TryFind(function.Value, out LoadedFunction loaded)) return Fail(CudaResult.InvalidHandle, functions.Missing(function.Value));
            blocks = Occupancy.Blocks(device.Limits, loaded, blockThreads, (long)dynamicSharedBytes);
            return CudaResult.Success;
        }
    }

    public CudaResult GetMaxActiveClusters(FunctionHandle function, in LaunchShape shape, out int clusters)
    {
        clusters = 0;
        CudaResult result = Answer();
        return result != CudaResult.Success ? result : Fail(CudaResult.NotSupported, "an emulated GPU runs no clusters");
    }

    private int? ValueOf(LoadedFunction loaded, FunctionProperty property) => property switch
    {
        FunctionProperty.MaxThreadsPerBlock => loaded.Function.MaximumThreads(device.Limits),
        FunctionProperty.SharedSizeBytes => loaded.Function.StaticSharedBytes,
        FunctionProperty.ConstSizeBytes => loaded.Module.Module.ConstantBytes,
        FunctionProperty.LocalSizeBytes => loaded.Function.LocalBytes,
        FunctionProperty.PtxVersion => int.Parse(loaded.Module.Module.PtxVersion.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture),
        FunctionProperty.BinaryVersion => Architecture.Number,
        FunctionProperty.MaxDynamicSharedSizeBytes => loaded.MaxDynamicSharedBytes,
        FunctionProperty.PreferredSharedMemoryCarveout => -1,
        FunctionProperty.NumRegs or FunctionProperty.CacheModeCa or FunctionProperty.ClusterSizeMustBeSet
            or FunctionProperty.RequiredClusterWidth or FunctionProperty.RequiredClusterHeight or FunctionProperty.RequiredClusterDepth
            or FunctionProperty.NonPortableClusterSizeAllowed or FunctionProperty.ClusterSchedulingPolicyPreference => 0,
        _ => null,
    };

    // PTX of an older architecture runs; that of one architecture alone (sm_90a) runs there alone.
    private string? WhyNotFor(string target)
    {
        if (target.Length == 0) return "the PTX names no .target";
        var wanted = Architecture.Parse(target);
        bool runs = char.IsAsciiDigit(target[^1]) ? wanted <= Architecture : wanted == Architecture;
        return runs ? null : $"the PTX is for {target}, and the emulated GPU is {Architecture}";
    }

    private CudaResult Refuse(CudaResult result, string reason, out string log)
    {
        log = reason;
        return Fail(result, "the image does not load");
    }
}
