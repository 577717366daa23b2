namespace KernelForge;

/// <summary>What the generated part of every layer and model implements: it tells its parameters.</summary>
public interface ILayer
{
    /// <summary>Adds every parameter field and every inner layer to the slots, in the order of the fields.</summary>
    void DescribeWeights(WeightSlots slots);
}
