namespace KernelForge.Hardware;

/// <summary>The command line of the program; <c>tests/gpu.sh</c> writes it.</summary>
/// <param name="OnlyFinds">Ends once it has said whether there is a GPU.</param>
/// <param name="IsSmall">Two golden models only: for a tool that makes everything slow.</param>
/// <param name="Golden">Folders of golden models, the first to have one counts.</param>
/// <param name="Included">Files of JSON that become part of the report, by name.</param>
/// <param name="Command">What was run, for the report.</param>
/// <param name="Output">Where the report goes; null for standard output.</param>
internal sealed record Options(
    bool OnlyFinds, bool IsSmall, IReadOnlyList<string> Golden, IReadOnlyList<(string Name, string File)> Included, string Command, string? Output)
{
    /// <exception cref="FormatException">An argument is none of them.</exception>
    public static Options Parse(string[] args)
    {
        bool finds = false, small = false;
        List<string> golden = [Path.Combine(AppContext.BaseDirectory, "golden")];
        List<(string, string)> included = [];
        string command = $"kernelforge-hardware {string.Join(' ', args)}".TrimEnd();
        string? output = null;
        for (int i = 0; i < args.Length; i++)
        {
            string option = args[i];
            string Value() => ++i < args.Length ? args[i] : throw new FormatException($"{option} lacks a value");
            switch (option)
            {
                case "--find": finds = true; break;
                case "--small": small = true; break;
                case "--golden": golden.Add(Value()); break;
                case "--include": included.Add((Value(), Value())); break;
                case "--command": command = Value(); break;
                case "--output": output = Value(); break;
                default:
                    throw new FormatException(
                        $"'{option}' is no option: --find, --small, --golden FOLDER, --include NAME FILE, --command TEXT, --output FILE");
            }
        }
        return new Options(finds, small, golden, included, command, output);
    }

    /// <summary>The folder of a golden model, or null where no place has it.</summary>
    public string? FolderOf(string family) => Golden.Select(g => Path.Combine(g, family)).FirstOrDefault(Directory.Exists);
}
