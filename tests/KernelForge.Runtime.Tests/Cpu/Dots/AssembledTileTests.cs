using System.Diagnostics;
using System.Globalization;
using System.Text;
using Iced.Intel;
using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Tests.Cpu.Dots;

/// <summary>
/// Tiles that are assembled at run time. Every kind's code runs in an interpreter, whatever this machine has; what the machine has runs on it
/// as well; and the bytes of all are those of the system's assembler.
/// </summary>
public sealed class AssembledTileTests
{
    public static TheoryData<string> Kinds => [.. DotKind.All.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public unsafe void The_code_computes_the_sums(string name)
    {
        DotKind kind = Kind(name);
        (byte[] code, nint[] entries) = Code(kind);
        for (int rows = 1; rows <= kind.Rows; rows++)
        {
            foreach (int steps in (int[])[1, 2, 5])
            {
                using var test = new TileCase(kind, rows, steps * kind.CellMultiple, oneStart: rows % 2 == 0);
                var interpreter = new CodeInterpreter();
                int[] sums = test.Sums(call => interpreter.Call(code, (int)entries[rows], &call));
                AssertSums(kind.Precision, test, sums);
                Assert.False(interpreter.HoldsTiles, "the registers of AMX are given back");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void This_machine_computes_the_sums(string name)
    {
        DotKind kind = Kind(name);
        if (kind.Missing is { } missing) Assert.Skip($"{kind.Name} does not run here: {missing}.");
        AssembledTile tile = AssembledTile.Make(kind);
        for (int rows = 1; rows <= kind.Rows; rows++)
        {
            foreach (int steps in (int[])[1, 2, 37])
            {
                using var test = new TileCase(kind, rows, steps * kind.CellMultiple, oneStart: rows % 2 == 0);
                AssertSums(kind.Precision, test, test.Sums(call => tile.Run(rows, call)));
            }
        }
    }

    [Theory]
    [InlineData(CpuPrecision.BFloat16)]
    [InlineData(CpuPrecision.Int8)]
    public void Tiles_of_CSharp_compute_the_sums_at_every_width(CpuPrecision precision) => Widths.ForEach(new CSharpCase(precision));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_bytes_are_those_of_the_system_assembler(string name)
    {
        DotKind kind = Kind(name);
        (byte[] code, nint[] entries) = Code(kind);
        if (!SystemAssembler.IsThere) Assert.Skip("This machine has no 'as' and 'objcopy' (binutils).");
        foreach (int entry in entries.Skip(1).Distinct().Select(e => (int)e))
        {
            (string text, int length) = SystemAssembler.TextOf(code, entry, kind.Instruction == DotInstruction.Int8DotAvx);
            Assert.Equal(Convert.ToHexString(code.AsSpan(entry, length)), Convert.ToHexString(SystemAssembler.Assemble(text)));
        }
    }

    [Fact]
    public void The_choice_names_the_instructions_and_what_is_missing()
    {
        foreach (CpuPrecision precision in (CpuPrecision[])[CpuPrecision.BFloat16, CpuPrecision.Int8])
        {
            string chosen = new CpuDevice(0, 512, precision).Instructions;
            foreach (DotKind kind in DotKind.All.Where(k => k.Precision == precision && k.VectorBytes == 64))
            {
                Assert.Contains(kind.Name, chosen, StringComparison.Ordinal);
                if (kind.Missing is { } missing) Assert.Contains(missing, chosen, StringComparison.Ordinal);
            }
        }
    }

    private static DotKind Kind(string name) => DotKind.All.Single(k => k.Name == name);

    private static (byte[] Code, nint[] Entries) Code(DotKind kind)
    {
        var entries = new nint[kind.Rows + 1];
        return (AssembledTile.Assemble(kind, 0, entries), entries);
    }

    private static void AssertSums(CpuPrecision precision, TileCase test, int[] sums)
    {
        double[] expected = test.Expected(precision);
        for (int i = 0; i < sums.Length; i++)
        {
            if (precision == CpuPrecision.Int8) Assert.Equal(expected[i], sums[i]);
            else Assert.Equal(expected[i], BitConverter.Int32BitsToSingle(sums[i]), 1e-4);
        }
    }

    private sealed class CSharpCase(CpuPrecision precision) : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            DotKind kind = DotKind.All[0] with { Precision = precision, VectorBytes = TVector.Count * sizeof(float), Instruction = DotInstruction.Bf16Dot };
            for (int rows = 1; rows <= 13; rows++)
            {
                foreach (int cells in (int[])[0, 1, 7])
                {
                    using var test = new TileCase(kind, rows, cells, oneStart: rows % 2 == 0);
                    AssertSums(precision, test, test.Sums(call => DotTile.Run<TVector>(precision, rows, call)));
                }
            }
        }
    }

    /// <summary>GNU's assembler, from the text of the instructions.</summary>
    private static class SystemAssembler
    {
        public static bool IsThere { get; } = Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(p => File.Exists(Path.Combine(p, "as")))
            && Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(p => File.Exists(Path.Combine(p, "objcopy")));

        /// <summary>A function's instructions in GNU's notation, jumps by labels.</summary>
        public static (string Text, int Length) TextOf(byte[] code, int entry, bool vex)
        {
            var decoder = Iced.Intel.Decoder.Create(64, new ByteArrayCodeReader(code, entry, code.Length - entry));
            var formatter = new GasFormatter();
            var text = new StringBuilder();
            while (true)
            {
                Instruction instruction = decoder.Decode();
                var output = new StringOutput();
                formatter.Format(instruction, output);
                string line = instruction.FlowControl == FlowControl.ConditionalBranch
                    ? string.Create(CultureInfo.InvariantCulture, $"{output.ToString().Split(' ')[0]} at_{instruction.NearBranchTarget}")
                    : output.ToString();
                string encoding = vex && instruction.Mnemonic == Mnemonic.Vpdpbusd ? "{vex} " : "";
                text.Append(CultureInfo.InvariantCulture, $"at_{instruction.IP}: {encoding}{line}\n");
                if (instruction.Mnemonic == Mnemonic.Ret) return (text.ToString(), (int)instruction.NextIP);
            }
        }

        public static byte[] Assemble(string text)
        {
            string folder = Directory.CreateTempSubdirectory("kernelforge-as").FullName;
            try
            {
                string source = Path.Combine(folder, "tile.s"), linked = Path.Combine(folder, "tile.o"), bytes = Path.Combine(folder, "tile.bin");
                File.WriteAllText(source, text);
                Run("as", "--64", source, "-o", linked);
                Run("objcopy", "-O", "binary", "--only-section=.text", linked, bytes);
                return File.ReadAllBytes(bytes);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        private static void Run(string program, params string[] arguments)
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program}: {errors}");
        }
    }
}
