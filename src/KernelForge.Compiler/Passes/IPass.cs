using KernelForge.Compiler.Ir;

namespace KernelForge.Compiler.Passes;

/// <summary>A step from a graph to an equivalent one. The verifier runs after each.</summary>
internal interface IPass
{
    string Name { get; }

    Graph Run(Graph graph);
}
