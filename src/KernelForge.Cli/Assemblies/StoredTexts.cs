using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace KernelForge.Cli.Assemblies;

/// <summary>
/// What the generator stored in one assembly: the texts of its layers and functions. Read from metadata, so that nothing of the assembly
/// runs and what it references need not be there.
/// </summary>
/// <param name="Name">Of the assembly.</param>
/// <param name="File">Where it lies.</param>
/// <param name="References">Names of the assemblies that it references.</param>
internal sealed record StoredTexts(
    string Name, string File, IReadOnlyList<string> Layers, IReadOnlyList<string> Functions, IReadOnlyList<string> References)
{
    /// <exception cref="InputException">The file is no assembly.</exception>
    public static StoredTexts Read(string file)
    {
        using FileStream stream = System.IO.File.OpenRead(file);
        using var image = new PEReader(stream);
        try
        {
            if (image.HasMetadata && image.GetMetadataReader() is { IsAssembly: true } reader) return Read(file, reader);
        }
        catch (BadImageFormatException)
        {
            // Said below: it is not one.
        }
        throw new InputException($"'{file}' is no .NET assembly: name the .dll that a build made (an .exe beside it only starts that)");
    }

    private static StoredTexts Read(string file, MetadataReader reader)
    {
        List<string> layers = [], functions = [];
        foreach (CustomAttributeHandle handle in reader.TypeDefinitions.SelectMany(t => reader.GetTypeDefinition(t).GetCustomAttributes()))
        {
            CustomAttribute attribute = reader.GetCustomAttribute(handle);
            switch (TypeOf(reader, attribute))
            {
                case nameof(StoredSpecificationAttribute):
                    layers.Add(Arguments(reader, attribute, 1)[0]);
                    break;
                case nameof(StoredFunctionAttribute):
                    functions.Add(Arguments(reader, attribute, 2)[1]);
                    break;
            }
        }
        string[] references = [.. reader.AssemblyReferences.Select(r => reader.GetString(reader.GetAssemblyReference(r).Name))];
        return new StoredTexts(reader.GetString(reader.GetAssemblyDefinition().Name), file, layers, functions, references);
    }

    /// <summary>The name of an attribute's type, where that is one of the language's.</summary>
    private static string? TypeOf(MetadataReader reader, CustomAttribute attribute)
    {
        (StringHandle space, StringHandle name) = attribute.Constructor.Kind switch
        {
            HandleKind.MemberReference => Names(reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent),
            HandleKind.MethodDefinition =>
                Names(reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType()),
            _ => default,
        };
        return reader.StringComparer.Equals(space, nameof(KernelForge)) ? reader.GetString(name) : null;

        (StringHandle Space, StringHandle Name) Names(EntityHandle type)
        {
            switch (type.Kind)
            {
                case HandleKind.TypeReference:
                    TypeReference reference = reader.GetTypeReference((TypeReferenceHandle)type);
                    return (reference.Namespace, reference.Name);
                case HandleKind.TypeDefinition:
                    TypeDefinition definition = reader.GetTypeDefinition((TypeDefinitionHandle)type);
                    return (definition.Namespace, definition.Name);
                default:
                    return default;
            }
        }
    }

    /// <summary>Arguments of a constructor that takes texts alone: a two-byte prologue, then the texts.</summary>
    private static string[] Arguments(MetadataReader reader, CustomAttribute attribute, int count)
    {
        BlobReader value = reader.GetBlobReader(attribute.Value);
        if (value.ReadUInt16() != 1) throw new BadImageFormatException("an attribute's value has no prologue");
        string[] arguments = new string[count];
        for (int i = 0; i < count; i++) arguments[i] = value.ReadSerializedString() ?? "";
        return arguments;
    }
}
