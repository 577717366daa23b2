using System.Reflection;
using System.Reflection.Emit;
using KernelForge.Runtime;

namespace KernelForge.Fuzzer.Running;

/// <summary>
/// <c>Run</c>, <c>Prefill</c> or <c>Step</c> of a drawn layer as a delegate: reflection hands over no spans, and allocates where it is
/// measured that a run does not.
/// </summary>
/// <param name="layer">The layer.</param>
/// <param name="inputs">What the method is given.</param>
/// <param name="cache">Of a method that has none, null.</param>
/// <param name="sequences">Numbers in the cache.</param>
/// <param name="results">What it fills.</param>
internal delegate void EntryMethod(object layer, object[] inputs, SequenceCache? cache, int[] sequences, object[] results);

internal static class EntryMethods
{
    /// <param name="method">That fills results which it is given.</param>
    /// <param name="inputs">How many inputs come first.</param>
    public static EntryMethod Of(MethodInfo method, int inputs)
    {
        var dynamic = new DynamicMethod(
            method.Name, typeof(void), [typeof(object), typeof(object[]), typeof(SequenceCache), typeof(int[]), typeof(object[])],
            typeof(EntryMethods).Module, skipVisibility: true);
        ILGenerator code = dynamic.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Castclass, method.DeclaringType!);
        int input = 0, result = 0;
        foreach (Type type in method.GetParameters().Select(p => p.ParameterType))
        {
            if (type == typeof(SequenceCache))
            {
                code.Emit(OpCodes.Ldarg_2);
            }
            else if (type == typeof(ReadOnlySpan<int>))
            {
                code.Emit(OpCodes.Ldarg_3);
                code.Emit(OpCodes.Call, type.GetMethod("op_Implicit", [typeof(int[])])!);
            }
            else
            {
                bool isInput = input < inputs;
                if (isInput) code.Emit(OpCodes.Ldarg_1);
                else code.Emit(OpCodes.Ldarg_S, (byte)4);
                code.Emit(OpCodes.Ldc_I4, isInput ? input++ : result++);
                code.Emit(OpCodes.Ldelem_Ref);
                code.Emit(OpCodes.Castclass, type);
            }
        }
        code.Emit(OpCodes.Callvirt, method);
        code.Emit(OpCodes.Ret);
        return dynamic.CreateDelegate<EntryMethod>();
    }
}
