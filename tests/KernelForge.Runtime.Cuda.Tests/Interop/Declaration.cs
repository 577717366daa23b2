using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cuda.Tests.Interop;

/// <summary>One of our declarations of a native function, and what is wrong with it.</summary>
internal sealed record Declaration(string Name, string Symbol, Type Returns, IReadOnlyList<(Type Type, bool IsOut)> Parameters)
{
    /// <summary>The imported methods of a class, and its fields that are pointers to functions, which are asked of the driver.</summary>
    public static IReadOnlyList<Declaration> Of(Type type)
    {
        const BindingFlags All = BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;
        var methods =
            from method in type.GetMethods(All)
            let import = method.GetCustomAttribute<LibraryImportAttribute>()
            where import is not null
            select new Declaration(
                method.Name, import.EntryPoint ?? method.Name, method.ReturnType,
                [.. method.GetParameters().Select(parameter => (parameter.ParameterType, parameter.IsOut))]);
        var pointers =
            from field in type.GetFields(All)
            where field.FieldType.IsFunctionPointer
            select new Declaration(
                field.Name, field.Name, field.FieldType.GetFunctionPointerReturnType(),
                [.. field.FieldType.GetFunctionPointerParameterTypes().Select(parameter => (parameter, false))]);
        return [.. methods, .. pointers];
    }

    /// <summary>Every way in which this differs from what the library exports; empty where it is right.</summary>
    public IEnumerable<string> Faults(AbiFunction function, Abi abi)
    {
        if (Fault(Returns, isOut: false, function.Returns, abi) is { } returned) yield return $"{Name} returns {returned}";
        if (Parameters.Count != function.Parameters.Count)
        {
            yield return $"{Name} has {Parameters.Count} parameters, not {function.Parameters.Count}";
            yield break;
        }
        for (int i = 0; i < Parameters.Count; i++)
        {
            (string name, CType type) = function.Parameters[i];
            if (Fault(Parameters[i].Type, Parameters[i].IsOut, type, abi) is { } fault) yield return $"{Name}, parameter '{name}': {fault}";
        }
    }

    private static string? Fault(Type ours, bool isOut, CType theirs, Abi abi)
    {
        if (ours == typeof(string)) return theirs is { Base: "char", Pointers: 1, IsConst: true } ? null : $"a string for {theirs}";
        if (!theirs.IsPointer) return ValueFault(ours, theirs, abi);

        if (!ours.IsByRef && !ours.IsPointer)
        {
            // An address that is only passed on may be a number of its width.
            return theirs is { Base: "void", Pointers: 1 } && SizeOf(ours) == 8 ? null : $"the value {ours} for {theirs}";
        }
        if (isOut && theirs.IsConst) return $"is written by an out, but {theirs} is const";
        return PointeeFault(ours.GetElementType()!, theirs with { Pointers = theirs.Pointers - 1 }, abi);
    }

    private static string? PointeeFault(Type ours, CType theirs, Abi abi)
    {
        if (theirs.IsPointer) return ours.IsPointer || (ours == typeof(nint)) ? null : $"{ours} where an address is";
        if (theirs.Base == "void") return null;
        return ValueFault(ours, theirs, abi);
    }

    private static string? ValueFault(Type ours, CType theirs, Abi abi)
    {
        if (ours.IsByRef || ours.IsPointer || ours == typeof(string)) return $"the address {ours} for the value {theirs}";
        if ((ours == typeof(float)) != (theirs.Base == "float")) return $"{ours} for {theirs}: one travels in a floating-point register";
        int size = SizeOf(ours), expected = abi.SizeOf(theirs.Base);
        return size == expected ? null : $"{ours} has {size} bytes, {theirs} {expected}";
    }

    internal static int SizeOf(Type type) => type == typeof(void)
        ? 0
        : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
