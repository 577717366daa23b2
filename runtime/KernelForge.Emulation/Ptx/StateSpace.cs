namespace KernelForge.Emulation.Ptx;

/// <summary>Where an address points; an instruction that names no space has a generic address.</summary>
internal enum StateSpace { Generic, Global, Shared, Local, Constant, Parameter }

internal static class StateSpaces
{
    public static bool TryParse(string name, out StateSpace space)
    {
        (bool known, space) = name switch
        {
            "global" => (true, StateSpace.Global),
            "shared" or "shared::cta" => (true, StateSpace.Shared),
            "local" => (true, StateSpace.Local),
            "const" => (true, StateSpace.Constant),
            "param" or "param::entry" or "param::func" => (true, StateSpace.Parameter),
            _ => (false, StateSpace.Generic),
        };
        return known;
    }

    public static string Name(this StateSpace space) => space switch
    {
        StateSpace.Constant => "const",
        StateSpace.Parameter => "param",
        _ => space.ToString().ToLowerInvariant(),
    };
}
