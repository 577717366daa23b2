using System.Runtime.InteropServices;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>
/// The libraries that the declarations of this assembly are bound to. Each is searched for once, when it is first asked for; whoever
/// calls into one asks here first, so that a missing one is an explanation and no failed binding.
/// </summary>
internal static class NativeLibraries
{
    private static readonly Lazy<SearchOutcome> driver = new(() => Search(LibraryNames.Driver));
    private static readonly Lazy<SearchOutcome> nvrtc = new(() => Search(LibraryNames.Nvrtc));

    private static readonly Lazy<bool> registered = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, (name, _, _) => name switch
        {
            DriverApi.Library => Driver.Library?.Handle ?? 0,
            NvrtcApi.Library => Nvrtc.Library?.Handle ?? 0,
            _ => 0,
        });
        return true;
    });

    public static SearchOutcome Driver => driver.Value;

    public static SearchOutcome Nvrtc => nvrtc.Value;

    private static SearchOutcome Search(LibraryNames names)
    {
        _ = registered.Value;
        return new LibrarySearch(names, SearchEnvironment.Machine).Find();
    }
}
