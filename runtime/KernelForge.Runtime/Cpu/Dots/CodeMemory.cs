using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>Machine code in memory of its own: written first, then made executable, never both at once. It stays as long as the process.</summary>
internal static unsafe partial class CodeMemory
{
    private const int Read = 1, Write = 2, Execute = 4, Private = 2, Anonymous = 0x20;

    /// <summary>Code for the address where it will lie, made executable there.</summary>
    /// <param name="bytes">Room that is enough.</param>
    /// <param name="assemble">Gives the code for an address.</param>
    /// <returns>The address.</returns>
    /// <exception cref="DotException">The system gives no such memory.</exception>
    public static nint Place(int bytes, Func<ulong, byte[]> assemble)
    {
        nuint length = ((nuint)bytes + 4095) / 4096 * 4096;
        void* memory = Map(null, length, Read | Write, Private | Anonymous, -1, 0);
        if ((nint)memory == -1) throw new DotException($"the system gives no memory for code (mmap, error {Marshal.GetLastPInvokeError()})");
        byte[] code = assemble((ulong)memory);
        if (code.Length > bytes) throw new InvalidOperationException($"{code.Length} bytes of code in {bytes}");
        code.CopyTo(new Span<byte>(memory, bytes));
        if (Protect(memory, length, Read | Execute) == 0) return (nint)memory;
        int error = Marshal.GetLastPInvokeError();
        _ = Unmap(memory, length);
        throw new DotException($"the system allows no code that is made at run time (mprotect, error {error})");
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}

/// <summary>An assembled tile cannot be used, and why.</summary>
internal sealed class DotException(string message) : Exception(message);
