using KernelForge.Families;
using KernelForge.TestData;

// Families [NAME ...]: every golden family, or those named, on the reference run, the CPU and the emulated GPU.
// Without names docs/families.md is written anew. KERNELFORGE_TESTDATA says where the golden data is, if not beside the repository.
if (Environment.GetEnvironmentVariable("KERNELFORGE_NVRTC") is null && Data.Find("nvrtc") is { } compiler)
    Environment.SetEnvironmentVariable("KERNELFORGE_NVRTC", compiler);

Family[] chosen = [.. Family.All.Where(family => args.Length == 0 || args.Contains(family.Name))];
if (args.Except(Family.All.Select(family => family.Name)).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"'{unknown}' is no family; there are {string.Join(", ", Family.All.Select(family => family.Name))}");
    return 2;
}

var table = new FamilyTable();
List<string> missing = [];
foreach (Family family in chosen)
{
    if (Data.Find("golden/" + family.Name) is { } folder) Console.WriteLine(table.Add(family, folder));
    else missing.Add(family.Name);
}
foreach (string name in missing) Console.Error.WriteLine($"'golden/{name}' is not there (set KERNELFORGE_TESTDATA)");
foreach (string wrong in table.Wrong) Console.Error.WriteLine(wrong);
if (args.Length == 0 && missing.Count == 0) File.WriteAllText(Path.Combine(Data.RepositoryRoot, "docs", "families.md"), table.Text);
return table.Wrong.Count == 0 && missing.Count == 0 ? 0 : 1;
