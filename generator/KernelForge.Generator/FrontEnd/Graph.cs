namespace KernelForge.Generator.FrontEnd;

/// <summary>Who reaches whom.</summary>
internal static class Graph
{
    public static bool Reaches(string from, string to, Func<string, IEnumerable<string>> next)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { from };
        var open = new Stack<string>([from]);
        while (open.Count > 0)
        {
            string id = open.Pop();
            if (id == to) return true;
            foreach (string successor in next(id))
                if (seen.Add(successor)) open.Push(successor);
        }
        return false;
    }
}
