using System.Security.Cryptography;

namespace ProbNet.Inference.Artifacts;

/// <summary>A run as read from its folder.</summary>
/// <param name="Info">What <c>run.json</c> says.</param>
/// <param name="Posterior">What <c>posterior.safetensors</c> holds.</param>
public sealed record Run(RunInfo Info, SafetensorsContent Posterior);

/// <summary>A further file of a run folder.</summary>
/// <param name="Name">Its name, without folders.</param>
/// <param name="Write">Writes its bytes.</param>
public sealed record RunFile(string Name, Action<Stream> Write);

/// <summary>
/// Reads and writes run folders: <c>run.json</c>, <c>posterior.safetensors</c> and tables. A folder appears complete or not at all: it is
/// written under a hidden name beside its place, each file is forced to disk, and then it is renamed. A previous run at that place is
/// renamed away first and deleted last; whatever the moment of a crash, one complete run is found by <see cref="Read"/>. A fit under way keeps its
/// <see cref="CheckpointFile"/> there, beside the files of a previous run, which stay until the fit has ended.
/// </summary>
public static class RunFolder
{
    /// <summary>The file of <see cref="RunInfo"/>.</summary>
    public const string InfoFile = "run.json";

    /// <summary>The file of the posterior's tensors.</summary>
    public const string PosteriorFile = "posterior.safetensors";

    /// <summary>The table of training progress.</summary>
    public const string MetricsFile = "metrics.csv";

    /// <summary>The table of predictions for the held-out rows.</summary>
    public const string PredictionsFile = "predictions.csv";

    /// <summary>Finishes or undoes what a crash while a run was published has left. Only after <see cref="CheckPlace"/>.</summary>
    /// <exception cref="ArtifactException">The disk refuses.</exception>
    public static void Recover(string path)
    {
        try
        {
            RecoverPlace(Full(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException($"the run folder '{path}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Whether there is a complete run.</summary>
    public static bool Exists(string path) => File.Exists(Path.Combine(Place(path), InfoFile));

    /// <summary>Throws where <see cref="Write"/> would refuse: ask before a long fit.</summary>
    /// <exception cref="ArtifactException">The place is taken by a file, by a folder that is no run, or by a run to which files were added.</exception>
    public static void CheckPlace(string path)
    {
        var place = Full(path);
        if (File.Exists(place)) throw new ArtifactException($"'{path}' is a file; a run needs a folder");
        if (!Directory.Exists(place)) return;
        string[] present = [.. Directory.EnumerateFileSystemEntries(place).Select(e => Path.GetFileName(e)).Where(f => f is not (CheckpointFile.Name or CheckpointFile.Unfinished)).Order(StringComparer.Ordinal)];
        if (present.Length == 0) return;
        if (!present.Contains(InfoFile)) throw new ArtifactException($"'{path}' holds '{present[0]}' and no {InfoFile}: it is no run folder and is left as it is");
        var known = Described(place, path).Files;
        if (present.FirstOrDefault(f => f != InfoFile && !known.ContainsKey(f)) is { } foreign)
        {
            throw new ArtifactException($"'{path}' holds '{foreign}', which the run in it did not write: move it away, or choose another folder");
        }
    }

    /// <summary>Writes a run, in place of a previous one if there is one.</summary>
    /// <param name="path">The folder; folders above it are made.</param>
    /// <param name="info">What to say in <c>run.json</c>; digests are added here.</param>
    /// <param name="posterior">The posterior's tensors.</param>
    /// <param name="tables">Further files.</param>
    /// <exception cref="ArtifactException">The place is taken (<see cref="CheckPlace"/>), or the disk refuses; nothing has changed then.</exception>
    public static void Write(string path, RunInfo info, SafetensorsContent posterior, IReadOnlyList<RunFile> tables)
    {
        var place = Full(path);
        var staged = "";
        try
        {
            CheckPlace(path);
            RecoverPlace(place);
            staged = Stage(place, info, posterior, tables);
            Publish(staged, place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException($"the run folder '{path}' cannot be written: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(staged)) Directory.Delete(staged, recursive: true);
        }
    }

    /// <summary>Reads a run; the description and the tensors are checked against their digests.</summary>
    /// <exception cref="ArtifactException">There is no run, or it is damaged.</exception>
    public static Run Read(string path)
    {
        var place = Located(path);
        var info = Described(place, path);
        var bytes = Bytes(place, PosteriorFile, path);
        if (!info.Files.TryGetValue(PosteriorFile, out var digest)) throw new ArtifactException($"'{Path.Combine(path, InfoFile)}' does not list {PosteriorFile}");
        if (Fault(digest, bytes.Length, RunJson.Digest(bytes)) is { } fault) throw new ArtifactException($"'{Path.Combine(path, PosteriorFile)}' {fault}");
        return new(info, SafetensorsReader.Read(bytes, Path.Combine(path, PosteriorFile)));
    }

    /// <summary>Checks every file of a run against its digest, the tables too.</summary>
    /// <returns>A sentence for each file that is missing or changed; empty if the run is whole.</returns>
    /// <exception cref="ArtifactException">There is no run, or its description is damaged.</exception>
    public static IReadOnlyList<string> Verify(string path)
    {
        var place = Located(path);
        var faults = new List<string>();
        foreach (var (name, digest) in Described(place, path).Files)
        {
            if (!File.Exists(Path.Combine(place, name)))
            {
                faults.Add($"'{Path.Combine(path, name)}' is missing");
                continue;
            }
            using var stream = File.OpenRead(Path.Combine(place, name));
            if (Fault(digest, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream))) is { } fault) faults.Add($"'{Path.Combine(path, name)}' {fault}");
        }
        return faults;
    }

    /// <summary>Writes the complete folder under a hidden name beside its place.</summary>
    /// <returns>The hidden folder.</returns>
    internal static string Stage(string place, RunInfo info, SafetensorsContent posterior, IReadOnlyList<RunFile> tables)
    {
        var staged = Path.Combine(Path.GetDirectoryName(place)!, $".{Path.GetFileName(place)}.{Path.GetRandomFileName()}");
        Directory.CreateDirectory(staged);
        try
        {
            var files = new SortedDictionary<string, FileDigest>(StringComparer.Ordinal);
            foreach (var file in tables.Prepend(new(PosteriorFile, s => Safetensors.Write(s, posterior))))
            {
                if (file.Name == InfoFile || file.Name != Path.GetFileName(file.Name) || files.ContainsKey(file.Name))
                {
                    throw new ArgumentException($"'{file.Name}' cannot be a table of a run", nameof(tables));
                }
                files.Add(file.Name, Save(Path.Combine(staged, file.Name), file.Write));
            }
            var json = RunJson.Write(info with { Files = files });
            Save(Path.Combine(staged, InfoFile), s => s.Write(json));
            return staged;
        }
        catch
        {
            Directory.Delete(staged, recursive: true);
            throw;
        }
    }

    /// <summary>Renames a staged folder to its place; a previous run makes room first and comes back if that fails.</summary>
    internal static void Publish(string staged, string place)
    {
        if (!IsFilled(place))
        {
            if (Directory.Exists(place)) Directory.Delete(place);
            Directory.Move(staged, place);
            return;
        }
        Directory.Move(place, Previous(place));
        try
        {
            Directory.Move(staged, place);
        }
        catch
        {
            Directory.Move(Previous(place), place);
            throw;
        }
        Directory.Delete(Previous(place), recursive: true);
    }

    /// <summary>Where a previous run is between the two renames of <see cref="Publish"/>.</summary>
    internal static string Previous(string place) => Path.Combine(Path.GetDirectoryName(place)!, $".{Path.GetFileName(place)}.previous-run");

    // Finishes or undoes what a crash inside Publish left. The place is empty, absent or a run.
    private static void RecoverPlace(string place)
    {
        if (!Directory.Exists(Previous(place))) return;
        if (IsFilled(place))
        {
            Directory.Delete(Previous(place), recursive: true);
            return;
        }
        if (Directory.Exists(place)) Directory.Delete(place);
        Directory.Move(Previous(place), place);
    }

    /// <summary>The folder that holds what is at a place: the place, or while a run is being published the previous one's.</summary>
    internal static string Place(string path)
    {
        var place = Full(path);
        return !IsFilled(place) && Directory.Exists(Previous(place)) ? Previous(place) : place;
    }

    private static bool IsFilled(string folder) => Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();

    private static FileDigest Save(string path, Action<Stream> write)
    {
        using (var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }
        using var written = File.OpenRead(path);
        return new(written.Length, Convert.ToHexStringLower(SHA256.HashData(written)));
    }

    private static string Located(string path)
    {
        var place = Full(path);
        if (IsFilled(place)) return place;
        if (Directory.Exists(Previous(place))) return Previous(place);
        throw new ArtifactException(File.Exists(place) ? $"'{path}' is a file, not a run folder"
            : Directory.Exists(place) ? $"the folder '{path}' is empty"
            : $"there is no run folder '{path}'");
    }

    private static RunInfo Described(string place, string path) => RunJson.Read(Bytes(place, InfoFile, path), Path.Combine(path, InfoFile));

    private static byte[] Bytes(string place, string name, string path)
    {
        if (name == InfoFile && !File.Exists(Path.Combine(place, name)) && File.Exists(Path.Combine(place, CheckpointFile.Name)))
            throw new ArtifactException($"the fit of '{path}' has not ended: probnet fit --resume {path} goes on with it");
        if (!File.Exists(Path.Combine(place, name))) throw new ArtifactException($"'{path}' is no complete run folder: it has no {name}");
        try
        {
            return File.ReadAllBytes(Path.Combine(place, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException($"'{Path.Combine(path, name)}' cannot be read: {e.Message}", e);
        }
    }

    private static string? Fault(FileDigest expected, long bytes, string sha256) =>
        bytes != expected.Bytes ? $"has {bytes} bytes instead of {expected.Bytes}: it is truncated or was changed"
        : sha256 != expected.Sha256 ? "was changed or damaged: its checksum does not match"
        : null;

    private static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
