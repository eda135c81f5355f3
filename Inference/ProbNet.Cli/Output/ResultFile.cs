namespace ProbNet.Cli.Output;

/// <summary>A file that a command writes: complete or not there, the old one kept until the new one is whole.</summary>
internal static class ResultFile
{
    /// <summary>Writes it beside its place and renames it. A link is followed, and a file that was there keeps its mode.</summary>
    /// <exception cref="CommandFailure">It cannot be written.</exception>
    public static void Write(string path, byte[] bytes) => Write(path, aside => File.WriteAllBytes(aside, bytes));

    /// <inheritdoc cref="Write(string, byte[])"/>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes a file at the path it is given.</param>
    public static void Write(string path, Action<string> write)
    {
        if (path.Length == 0) throw CommandFailure.Usage("the name of the file to write is empty");
        if (Directory.Exists(path)) throw CommandFailure.Usage($"'{path}' is a directory, not a file");
        var place = new FileInfo(path) is { LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } target ? target.FullName : Path.GetFullPath(path);
        // A device is written to, not replaced.
        if (!OperatingSystem.IsWindows() && place.StartsWith("/dev/", StringComparison.Ordinal))
        {
            Through(path, place, write);
            return;
        }
        var aside = Path.Combine(Path.GetDirectoryName(place)!, $".{Path.GetFileName(place)}.{Path.GetRandomFileName()}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            // Whether the place can be written shows before anything is computed into it.
            File.WriteAllBytes(aside, []);
            write(aside);
            if (!OperatingSystem.IsWindows() && File.Exists(place)) File.SetUnixFileMode(aside, File.GetUnixFileMode(place));
            File.Move(aside, place, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Forget(aside);
            // Not under the name that it would have had until it was whole.
            throw CommandFailure.BadData($"'{path}' cannot be written: {e.Message.Replace(aside, place)}");
        }
        catch
        {
            Forget(aside);
            throw;
        }
    }

    private static void Through(string path, string place, Action<string> write)
    {
        var whole = Path.GetTempFileName();
        try
        {
            write(whole);
            using var from = File.OpenRead(whole);
            using var to = new FileStream(place, FileMode.Open, FileAccess.Write);
            from.CopyTo(to);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.BadData($"'{path}' cannot be written: {e.Message}");
        }
        finally
        {
            File.Delete(whole);
        }
    }

    // It may never have come to be.
    private static void Forget(string aside)
    {
        if (File.Exists(aside)) File.Delete(aside);
    }
}
