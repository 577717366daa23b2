using System.Runtime.InteropServices;
using KernelForge.Emulation.Findings;
using KernelForge.Emulation.Memory;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

/// <summary>Bytes in device memory that some work uses.</summary>
internal readonly record struct DeviceRange(Allocation Allocation, long Offset, long Bytes)
{
    public unsafe Span<byte> Span => new(Allocation.Memory.Data + Offset, checked((int)Bytes));

    /// <summary>False, with a finding, where the memory was freed.</summary>
    public bool IsUsable(Machine machine, string call)
    {
        if (!Allocation.IsFreed) return true;
        machine.Report(FindingKind.UseAfterFree, call,
            $"'{Allocation.Name}' at 0x{Allocation.Address:x} was freed before the work ran that uses {Bytes} bytes of it");
        return false;
    }

    public void MarkWritten() => Allocation.Memory.Written.SetRange(Offset, Bytes);
}

/// <summary>A copy from pinned memory.</summary>
internal sealed class UploadWork(HostAllocation source, nint address, DeviceRange target) : Work
{
    private const string Call = "cuMemcpyHtoDAsync";

    public override HostSnapshot Snapshot() => new(source, address, (nuint)target.Bytes);

    public override void Run(Machine machine)
    {
        if (source.IsFreed) machine.Report(FindingKind.UseAfterFree, Call, $"{source.Name} was freed before the copy from it ran");
        else if (target.IsUsable(machine, Call)) Copy(HostAllocation.Read(address, (nuint)target.Bytes), target);
    }

    public static unsafe void CopyUnpinned(nint source, DeviceRange target) =>
        Copy(new ReadOnlySpan<byte>((void*)source, (int)target.Bytes), target);

    private static void Copy(ReadOnlySpan<byte> source, DeviceRange target)
    {
        source.CopyTo(target.Span);
        target.MarkWritten();
    }
}

/// <summary>A copy to pinned memory.</summary>
internal sealed class DownloadWork(HostAllocation target, nint address, DeviceRange source) : Work
{
    private const string Call = "cuMemcpyDtoHAsync";

    public override void Run(Machine machine)
    {
        if (target.IsFreed) machine.Report(FindingKind.UseAfterFree, Call, $"{target.Name} was freed before the copy to it ran");
        else if (source.IsUsable(machine, Call))
        {
            Copy(source, address);
            target.DeviceWrites++;
        }
    }

    public static unsafe void Copy(DeviceRange source, nint address) => source.Span.CopyTo(new Span<byte>((void*)address, (int)source.Bytes));
}

/// <summary>A copy from device memory to device memory: what nobody wrote there, nobody wrote here.</summary>
internal sealed class DeviceCopyWork(DeviceRange source, DeviceRange target) : Work
{
    private const string Call = "cuMemcpyDtoDAsync";

    public override void Run(Machine machine)
    {
        if (!source.IsUsable(machine, Call) || !target.IsUsable(machine, Call)) return;
        source.Span.CopyTo(target.Span);
        WrittenBits from = source.Allocation.Memory.Written, to = target.Allocation.Memory.Written;
        if (from.AllSetInRange(source.Offset, source.Bytes)) target.MarkWritten();
        else to.CopyFrom(from, source.Offset, target.Offset, source.Bytes);
    }
}

/// <summary>A value of one byte or four, many times.</summary>
internal sealed class FillWork(DeviceRange target, uint value, bool isWord) : Work
{
    public override void Run(Machine machine)
    {
        if (!target.IsUsable(machine, isWord ? "cuMemsetD32Async" : "cuMemsetD8Async")) return;
        if (isWord) MemoryMarshal.Cast<byte, uint>(target.Span).Fill(value);
        else target.Span.Fill((byte)value);
        target.MarkWritten();
    }

    public override GraphUpdateResult Replaces(Work other)
    {
        GraphUpdateResult same = base.Replaces(other);
        return same != GraphUpdateResult.Success || ((FillWork)other).IsWord == isWord ? same : GraphUpdateResult.ParametersChanged;
    }

    private bool IsWord => isWord;
}
