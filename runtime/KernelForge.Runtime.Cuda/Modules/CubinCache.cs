using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Modules;

/// <summary>
/// Compiled kernels on disk. An entry is decided by the kernel's whole text, its options, its target and NVRTC's version; one process
/// compiles it while others wait for it, and a damaged one is compiled anew.
/// </summary>
/// <remarks>
/// Where compiling is forbidden or NVRTC is absent, an entry that another version of NVRTC made serves as well, and so do those of
/// <see cref="Shipped"/> always: they are machine code for the very text.
/// </remarks>
public sealed class CubinCache
{
    /// <summary>Set to 1, it forbids compiling at run time: what is not in the cache is an error.</summary>
    public const string OnlyVariable = "KERNELFORGE_CUBIN_CACHE_ONLY";

    private readonly Lazy<IKernelCompiler> compiler;

    /// <param name="folder">Where entries are kept; made when the first is written. Nobody but the user may have access to it.</param>
    /// <param name="compiler">Made when it is first needed; throws <see cref="CudaException"/> where there is none.</param>
    public CubinCache(string folder, Func<IKernelCompiler> compiler)
    {
        Folder = Path.GetFullPath(folder);
        this.compiler = new Lazy<IKernelCompiler>(compiler);
    }

    /// <summary>
    /// The user's cache, with NVRTC as it is found: the folder of <c>KERNELFORGE_CUBIN_CACHE</c>, else the system's place for caches;
    /// compiling is forbidden where <c>KERNELFORGE_CUBIN_CACHE_ONLY</c> is 1; kernels that lie in <c>cubins</c> beside the program serve
    /// first.
    /// </summary>
    public static CubinCache Open() => new(CacheFolder.Default(Environment.GetEnvironmentVariable), NvrtcCompiler.Open)
    {
        MayCompile = Environment.GetEnvironmentVariable(OnlyVariable) != "1",
        Shipped = [Path.Combine(AppContext.BaseDirectory, "cubins")],
    };

    public string Folder { get; }

    /// <summary>False: what is not here already is an error.</summary>
    public bool MayCompile { get; init; } = true;

    /// <summary>Folders with entries that came with the program; never written.</summary>
    public IReadOnlyList<string> Shipped { get; init; } = [];

    /// <summary>How long to wait for another process that compiles the same kernel.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Hears the compiler's warnings and of damaged entries.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>What a kernel is compiled to for a device; its own machine code where nothing can be compiled here.</summary>
    /// <exception cref="CudaException">The device is older than all that the compiler knows.</exception>
    public CompileTarget TargetFor(Architecture device)
    {
        if (!MayCompile) return CompileTarget.Cubin(device);
        try
        {
            _ = compiler.Value;
        }
        catch (CudaException)
        {
            return CompileTarget.Cubin(device); // Load says what is missing where the cache does not have it
        }
        return compiler.Value.TargetFor(device);
    }

    /// <summary>A cubin, or PTX ended by a zero byte, from the cache or else compiled into it.</summary>
    /// <exception cref="CudaException">
    /// It does not compile; or it is not here and compiling is forbidden or impossible; or the folder cannot be used.
    /// </exception>
    public byte[] Load(KernelSource source, CompileTarget target, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);

        CacheKey key = CacheKey.Of(source, target, options);
        foreach (string folder in Shipped)
            if (FromAnyVersion(key, folder) is { } shipped) return shipped;

        CacheFolder.RequirePrivate(Folder);
        if (!MayCompile) return FromAnyVersion(key, Folder) ?? throw Forbidden(source, target);

        Version version;
        try
        {
            version = compiler.Value.Version;
        }
        catch (CudaException missing)
        {
            return FromAnyVersion(key, Folder) ?? throw new CudaException(
                $"kernel '{source.Name}' is not compiled for {target} in '{Folder}', and cannot be: {missing.Message}", missing);
        }
        string path = Path.Combine(Folder, key.FileName(version));
        return CacheEntry.TryRead(path) ?? Compile(source, target, options, path);
    }

    /// <summary>Has a kernel in the cache, compiled here and now where it is not.</summary>
    /// <returns>Its file's name.</returns>
    /// <exception cref="CudaException">It does not compile; or there is no compiler; or the folder cannot be used.</exception>
    public string Fill(KernelSource source, CompileTarget target, CompileOptions options)
    {
        Load(source, target, options);
        return CacheKey.Of(source, target, options).FileName(compiler.Value.Version);
    }

    /// <summary>
    /// Has a kernel in a folder that is to be one of a program's <see cref="Shipped"/>: anyone may read it, and whoever does needs no
    /// compiler.
    /// </summary>
    /// <returns>Its file's name.</returns>
    /// <exception cref="CudaException">As <see cref="Fill"/>.</exception>
    public string Ship(KernelSource source, CompileTarget target, CompileOptions options, string folder)
    {
        string name = CacheKey.Of(source, target, options).FileName(compiler.Value.Version);
        string path = Path.Combine(folder, name);
        try
        {
            Directory.CreateDirectory(folder);
            if (CacheEntry.TryRead(path) is null) CacheEntry.Write(path, Load(source, target, options), readableByAll: true);
            return name;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CudaException($"the compiled kernel '{source.Name}' cannot be kept in '{folder}': {error.Message}", error);
        }
    }

    private byte[] Compile(KernelSource source, CompileTarget target, CompileOptions options, string path)
    {
        CacheFolder.Prepare(Folder);
        try
        {
            using EntryLock held = EntryLock.Wait(path + ".lock", Patience);
            if (CacheEntry.TryRead(path) is { } compiledByAnother) return compiledByAnother;
            if (File.Exists(path)) Warn?.Invoke($"'{path}' is damaged: kernel '{source.Name}' is compiled again");

            CacheEntry.RemoveUnfinished(path);
            CompiledKernel compiled = compiler.Value.Compile(source, target, options);
            if (compiled.Log.Length > 0) Warn?.Invoke($"compiling kernel '{source.Name}' for {target}:\n{compiled.Log}");
            CacheEntry.Write(path, compiled.Image);
            return compiled.Image;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CudaException(
                $"the compiled kernel '{source.Name}' cannot be kept in '{Folder}': {error.Message} " +
                $"Name another folder by {CacheFolder.Variable}.",
                error);
        }
    }

    private static byte[]? FromAnyVersion(CacheKey key, string folder) =>
        key.FilesOfAnyVersion(folder).Select(CacheEntry.TryRead).FirstOrDefault(image => image is not null);

    private CudaException Forbidden(KernelSource source, CompileTarget target) => CudaException.FromCompiler(
        "nvrtcCompileProgram", source.Name,
        $"kernel '{source.Name}' is not compiled for {target}, and compiling at run time is forbidden ({OnlyVariable}=1). " +
        "It was looked for in " +
        $"{string.Join(", ", Shipped.Append(Folder).Select(folder => $"'{folder}'"))}. Fill the cache on a machine with NVRTC: " +
        $"'kernelforge compile --architecture {target} --model FOLDER', or run the program once without {OnlyVariable}; its folder may be copied.");
}
