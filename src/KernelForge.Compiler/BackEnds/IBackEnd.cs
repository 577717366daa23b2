using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>Writes a plan's kernels, and the schedule that runs them, for one kind of device.</summary>
internal interface IBackEnd
{
    /// <summary>The device, as in <c>Device.Cpu</c>.</summary>
    string Device { get; }

    /// <summary>The full name of the generated static class whose <c>Create(device, weights, hyper-parameters in order)</c> makes the program.</summary>
    string ProgramName(LayerSpec layer);

    GeneratedFile Write(LayerSpec layer, KernelPlan plan);
}
