namespace KernelForge.Fuzzer.Descriptions;

/// <summary>C# that no description is read from, of which descriptions call what they like; the host runs it.</summary>
internal static class HostFunctions
{
    public const string ClassName = "Host";

    public const string Text = """
        internal static class Host
        {
            public static int Bucket(int distance, int buckets)
            {
                int bucket = 0;
                for (int rest = System.Math.Abs(distance); rest > 0 && bucket < (buckets - 1) / 2; rest /= 2) bucket++;
                return System.Math.Min(distance < 0 ? bucket + (buckets / 2) : bucket, buckets - 1);
            }

            public static int Root(int n) => (int)System.Math.Sqrt(n);

            public static double Weight(int n) => n % 2 == 0 ? 0.75 : 1.0 / (n + 1);
        }
        """;
}
