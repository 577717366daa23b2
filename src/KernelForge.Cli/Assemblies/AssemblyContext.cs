using System.Reflection;
using System.Runtime.Loader;

namespace KernelForge.Cli.Assemblies;

/// <summary>
/// Loads a built assembly to run what is in it. Its references come from where they were looked for; only KernelForge itself is this
/// program's own, as models are met through its types.
/// </summary>
internal sealed class AssemblyContext(ReferencePlaces places) : AssemblyLoadContext(nameof(AssemblyContext))
{
    /// <exception cref="InputException">It was built with another version of KernelForge.</exception>
    public Assembly Open(string file)
    {
        AssemblyName name = AssemblyName.GetAssemblyName(file);
        return Load(name) ?? LoadFromAssemblyPath(Path.GetFullPath(file));
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name!;
        if (OwnVersion(name) is { } own)
        {
            if (assemblyName.Version is { } wanted && wanted != own)
            {
                throw new InputException(
                    $"the assembly was built with {name} {wanted}, and this kernelforge is of version {own}: "
                    + "use the kernelforge of the same package");
            }
            return Default.LoadFromAssemblyName(new AssemblyName(name));
        }
        return places.Find(name) is { } file && !IsOfFramework(name) ? LoadFromAssemblyPath(Path.GetFullPath(file)) : null;
    }

    private static Version? OwnVersion(string name)
    {
        string file = Path.Combine(AppContext.BaseDirectory, name + ".dll");
        bool isOwn = name.StartsWith(nameof(KernelForge), StringComparison.Ordinal) && Own.Contains(name) && File.Exists(file);
        return isOwn ? AssemblyName.GetAssemblyName(file).Version : null;
    }

    private static readonly HashSet<string> Own = new(StringComparer.Ordinal)
    {
        "KernelForge", "KernelForge.Runtime", "KernelForge.Runtime.Cuda", "KernelForge.Emulation", "KernelForge.Models",
    };

    private static bool IsOfFramework(string name) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll"));
}
