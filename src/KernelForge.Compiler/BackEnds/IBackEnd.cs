using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>Writes a plan's kernels, and the schedule that runs them, for one kind of device.</summary>
internal interface IBackEnd
{
    /// <summary>The type that programs derive from, by its name in metadata: code is written where the project references it.</summary>
    string ProgramType { get; }

    /// <summary>
    /// The devices' type, by its full name from <c>global::</c>. Its static <c>Candidate()</c> gives what <c>Device.Auto</c> is to take.
    /// </summary>
    string DeviceType { get; }

    /// <summary>
    /// The full name of the generated class whose static <c>Create(device, weights, hyper-parameters in order)</c> makes the program.
    /// </summary>
    string ProgramName(LayerSpec layer);

    /// <summary>What the devices do otherwise than a reader of the layer might think.</summary>
    IEnumerable<Finding> Notes(LayerSpec layer);

    GeneratedFile Write(LayerSpec layer, KernelPlan plan);
}
