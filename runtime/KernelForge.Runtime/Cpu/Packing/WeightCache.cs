using System.Globalization;
using System.Text;
using KernelForge.Runtime.Files;

namespace KernelForge.Runtime.Cpu.Packing;

/// <summary>A folder with weight images. Each appears under its name whole or not at all; a damaged one is made anew.</summary>
internal sealed class WeightCache(string folder)
{
    private readonly PrivateFolder place = new(Path.GetFullPath(folder), "weights that are laid out", CpuDevice.WeightCacheVariable);

    /// <inheritdoc cref="ImageFile.TryRead"/>
    /// <exception cref="WeightException">Others have access to the folder, or it cannot be read.</exception>
    public bool TryRead(string name, string recipe, IReadOnlyList<ImageRegion> regions, WorkerPool pool) => Guarded("read", () =>
    {
        place.RequirePrivate();
        return ImageFile.TryRead(PathOf(name, recipe), recipe, regions, pool);
    });

    /// <summary>Keeps an image for later loads.</summary>
    /// <exception cref="WeightException">The folder cannot be made or written, or others have access to it.</exception>
    public void Write(string name, string recipe, IReadOnlyList<ImageRegion> regions, WorkerPool pool) => Guarded("written", () =>
    {
        place.Prepare();
        string path = PathOf(name, recipe), temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            ImageFile.Write(temporary, recipe, regions, pool, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        return true;
    });

    /// <summary>A name for people, and a number that recipes seldom share: which it is the file says itself.</summary>
    private string PathOf(string name, string recipe)
    {
        ulong number = ImageFile.Check(Encoding.UTF8.GetBytes(recipe));
        return Path.Combine(place.Path, string.Create(CultureInfo.InvariantCulture, $"{name}-{number:x16}.packed"));
    }

    private bool Guarded(string what, Func<bool> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WeightException(
                place.Path, null,
                $"cannot be {what} as the cache of weights: {error.Message} " +
                $"Name another folder by {CpuDevice.WeightCacheVariable}, or none to do without.",
                error);
        }
    }
}
