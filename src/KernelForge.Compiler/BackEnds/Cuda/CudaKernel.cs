using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>A kernel as text: what NVRTC compiles behind the device library, and the C# that launches it.</summary>
/// <param name="Name">The kernel's name, in CUDA C and in errors.</param>
/// <param name="Field">The static field of the program that holds the text.</param>
/// <param name="DeviceFiles">Files of the device library that stand in front.</param>
/// <param name="Text">The kernel.</param>
/// <param name="Expression">The user's expression that it computes.</param>
/// <param name="Launch">The statement that runs it.</param>
internal sealed record CudaKernel(
    string Name, string Field, IReadOnlyList<string> DeviceFiles, string Text, string Expression, string Launch)
{
    /// <summary>The name in CUDA C: not the user's alone, which may be a function of the language (<c>norm</c>).</summary>
    public static string NameOf(Kernel kernel) => kernel.Name + "_kernel";

    /// <summary>The comment that every kernel begins with: what it computes, from what, and how it is launched.</summary>
    public static void WriteHead(CodeWriter writer, string expression, IEnumerable<string> lines)
    {
        foreach (string part in expression.Split(["; "], StringSplitOptions.None)) writer.Line("// " + part);
        writer.Line("//");
        foreach (string line in lines) writer.Line("//   " + line);
        writer.Line();
    }

    /// <summary>The kernel's first lines: bounds of its launch, its name and its parameters.</summary>
    public static void WriteSignature(CodeWriter writer, string name, string bounds, CudaArguments arguments, params string[] further)
    {
        writer.Line($"extern \"C\" __global__ void __launch_bounds__({bounds})");
        writer.Open(LongLine.List(name + "(", arguments.Declarations.Concat(further), ")"));
    }

    /// <summary>The statement that gives constants and arguments and launches, behind others that prepare it.</summary>
    public static string LaunchStatement(string field, CudaArguments arguments, string shape, IEnumerable<string> preparing) =>
        string.Join("\n", preparing.Append(LaunchStatement(field, arguments, shape)));

    /// <summary>The statement that gives constants and arguments and launches.</summary>
    public static string LaunchStatement(string field, CudaArguments arguments, string shape)
    {
        string head = $"run.Kernel({field})", indent = "\n    ";
        string text = head, line = "";
        foreach (string call in arguments.Calls.Append(shape + ";"))
        {
            if (line.Length + call.Length > LongLine.Width - 8)
            {
                text += indent + line;
                line = "";
            }
            line += call;
        }
        return text + indent + line;
    }
}
