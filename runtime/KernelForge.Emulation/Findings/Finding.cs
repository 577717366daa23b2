using System.Globalization;
using System.Text;

namespace KernelForge.Emulation.Findings;

/// <summary>One fault of a kernel, or of a copy or graph. The same fault on the same lines is one finding with a <see cref="Count"/>, placed where it was first seen.</summary>
public sealed record Finding
{
    public required FindingKind Kind { get; init; }

    /// <summary>The kernel; of a copy or fill the driver's name of the call.</summary>
    public required string Kernel { get; init; }

    /// <summary>Line of the PTX text; 0 where no kernel ran.</summary>
    public required int Line { get; init; }

    /// <summary>File of the CUDA C text, where the PTX has line information; else null.</summary>
    public string? SourceFile { get; init; }

    /// <summary>Line in <see cref="SourceFile"/>, where the PTX has line information; else 0.</summary>
    public int SourceLine { get; init; }

    public required string Instruction { get; init; }
    public Index3 Block { get; init; }
    public Index3 Thread { get; init; }

    /// <summary>What happened, in words, without the place.</summary>
    public required string Message { get; init; }

    /// <summary><c>global</c>, <c>shared</c>, <c>local</c>, <c>const</c>, <c>param</c>; null where no memory is concerned.</summary>
    public string? Space { get; init; }

    /// <summary><c>read</c> or <c>write</c>.</summary>
    public string? Access { get; init; }

    public ulong Address { get; init; }

    /// <summary>The allocation or shared variable that holds the address or lies nearest to it.</summary>
    public string? Allocation { get; init; }

    /// <summary>Bytes from the start of <see cref="Allocation"/>; negative before it.</summary>
    public long Offset { get; init; }

    /// <summary>Width of the access.</summary>
    public int Bytes { get; init; }

    /// <summary>Of a race: <c>write/read</c> (in either order), <c>write/write</c>, <c>async write/read</c> …</summary>
    public string? Pair { get; init; }

    /// <summary>Of a race: <c>blocks</c>, <c>warps</c>, <c>lanes of one warp</c>, or <c>threads</c> where a copy is asynchronous.</summary>
    public string? Between { get; init; }

    /// <summary>Of a race: the line of the other access.</summary>
    public int OtherLine { get; init; }

    public int Count { get; internal set; } = 1;

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Kind.Name()} in {Kernel}");
        if (Line > 0) text.Append(CultureInfo.InvariantCulture, $", PTX line {Line} ({Instruction})");
        if (SourceLine > 0) text.Append(CultureInfo.InvariantCulture, $", line {SourceLine} of {SourceFile}");
        if (Line > 0) text.Append(CultureInfo.InvariantCulture, $", block {Block}, thread {Thread}");
        text.Append(CultureInfo.InvariantCulture, $": {Message}");
        if (Space is not null)
            text.Append(CultureInfo.InvariantCulture, $"; {Bytes} bytes at {Space} 0x{Address:x} = {Allocation ?? "nothing"}{Offset:+0;-0;+0}");
        if (Count > 1) text.Append(CultureInfo.InvariantCulture, $" ({Count} times)");
        return text.ToString();
    }
}
