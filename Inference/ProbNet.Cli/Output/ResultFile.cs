namespace ProbNet.Cli.Output;

/// <summary>A file that <c>--out</c> names.</summary>
internal static class ResultFile
{
    /// <summary>Writes it beside its place and renames it, so that it is complete or not there.</summary>
    /// <exception cref="CommandFailure">It cannot be written.</exception>
    public static void Write(string path, byte[] bytes)
    {
        if (Directory.Exists(path)) throw CommandFailure.Usage($"'{path}' is a directory; --out names a file");
        var place = Path.GetFullPath(path);
        var aside = Path.Combine(Path.GetDirectoryName(place)!, $".{Path.GetFileName(place)}.{Path.GetRandomFileName()}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.WriteAllBytes(aside, bytes);
            File.Move(aside, place, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(aside);
            throw CommandFailure.BadData($"'{path}' cannot be written: {e.Message}");
        }
    }
}
