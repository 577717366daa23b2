namespace KernelForge.Models.Hub;

/// <summary>How often something is tried that may pass by itself, and how long between.</summary>
internal static class Retries
{
    public const int Most = 5;

    /// <summary>Twice as long after each failure.</summary>
    public static TimeSpan Pause(TimeSpan first, int failures) => first * (1 << (failures - 1));

    public static async Task<T> RunAsync<T>(Func<Task<T>> work, TimeSpan pause, CancellationToken cancellation)
    {
        for (int failures = 1; ; failures++)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (HubClient.IsTransient(e) && failures < Most)
            {
                await Task.Delay(Pause(pause, failures), cancellation);
            }
        }
    }
}
