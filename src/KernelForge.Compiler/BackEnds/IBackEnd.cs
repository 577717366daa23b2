using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds;

/// <summary>Writes a plan's kernels, and the schedule that runs them, for one kind of device.</summary>
internal interface IBackEnd
{
    /// <summary>The device, as in <c>Device.Cpu</c>; the generated program is called after the layer and it: <c>BertModelCpu</c>.</summary>
    string Device { get; }

    /// <summary>Writes the program's classes at namespace level.</summary>
    void Emit(KernelPlan plan, CodeWriter writer);
}
