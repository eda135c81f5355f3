using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;

namespace ProbNet.Inference.Artifacts;

/// <summary>
/// Reads and writes the checkpoint of a run folder: one file of the safetensors format, whose metadata holds <see cref="CheckpointInfo"/> and a checksum of the whole file.
/// A new one is written beside the old one, forced to disk and renamed, so that at any moment there is the old or the new one; one that was torn or altered is never taken for good.
/// </summary>
public static class CheckpointFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "checkpoint.safetensors";

    /// <summary>What it is called while it is written.</summary>
    internal const string Unfinished = ".checkpoint.new";

    private const string InfoKey = "probnet", ChecksumKey = "checksum";
    private static readonly string Zeros = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>Whether a run folder has a checkpoint.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(RunFolder.Place(folder), Name));

    /// <summary>Writes a checkpoint in place of an earlier one; the folder is made if there is none. Of the state's tensors one at a time is read.</summary>
    /// <exception cref="ArtifactException">The disk refuses; the earlier checkpoint is as it was.</exception>
    public static void Write(string folder, CheckpointInfo info, FitState state)
    {
        var place = RunFolder.Place(folder);
        try
        {
            Directory.CreateDirectory(place);
            var written = Path.Combine(place, Unfinished);
            using (var file = new FileStream(written, FileMode.Create, FileAccess.ReadWrite))
            {
                Write(file, info, state);
                file.Flush(flushToDisk: true);
            }
            File.Move(written, Path.Combine(place, Name), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException($"the checkpoint of '{folder}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Reads the checkpoint of a run folder.</summary>
    /// <exception cref="ArtifactException">There is none, or it is damaged or of a later version.</exception>
    public static (CheckpointInfo Info, FitState State) Read(string folder)
    {
        var name = Path.Combine(folder, Name);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(Path.Combine(RunFolder.Place(folder), Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException($"'{name}' cannot be read: {e.Message}", e);
        }
        return Read(bytes, name);
    }

    internal static void Write(Stream file, CheckpointInfo info, FitState state)
    {
        var tensors = new List<KeyValuePair<string, StateTensor>>();
        for (var i = 0; i < state.Phases.Count; i++) tensors.AddRange(state.Phases[i].Tensors.Select(t => new KeyValuePair<string, StateTensor>($"{i}:{t.Key}", t.Value)));
        var json = JsonSerializer.Serialize(info with { Phases = state.Phases.Map(p => new CheckpointPhase(p.Phase, p.Position)) }, RunJson.Json.CheckpointInfo);
        // The header's text tells where the checksum stands: within other texts its quotes would be escaped.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var start = file.Position;
        var header = Safetensors.Write(new HashingStream(file, hash), tensors, new Dictionary<string, string> { [InfoKey] = json, [ChecksumKey] = Zeros });
        file.Position = start + header.AsSpan().IndexOf(Checksum(Zeros)) + Checksum("").Length - 1;
        file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset())));
        file.Position = file.Length;
    }

    internal static (CheckpointInfo Info, FitState State) Read(byte[] bytes, string name)
    {
        SafetensorsContent content;
        try
        {
            content = SafetensorsReader.Read(bytes, name);
        }
        catch (ArtifactException e)
        {
            throw Damaged(e.Message, e);
        }
        if (!content.Metadata.TryGetValue(InfoKey, out var json) || !content.Metadata.TryGetValue(ChecksumKey, out var checksum) || checksum.Length != Zeros.Length) throw Damaged($"'{name}' is no checkpoint");
        var at = bytes.AsSpan().IndexOf(Checksum(checksum));
        if (at < 0) throw Damaged($"'{name}' was changed or damaged");
        Encoding.ASCII.GetBytes(Zeros).CopyTo(bytes, at + Checksum("").Length - 1);
        if (RunJson.Digest(bytes) != checksum) throw Damaged($"'{name}' was changed or damaged: its checksum does not match");
        // The file is whole from here on; what does not fit now is another version's.
        CheckVersion(json, name);
        try
        {
            var info = JsonSerializer.Deserialize(json, RunJson.Json.CheckpointInfo) ?? throw new JsonException();
            var phases = info.Phases.ToList().Select((p, i) => new PhaseState(p.Name, p.Position, Tensors(content, $"{i}:")));
            return (info, new([.. phases]));
        }
        catch (JsonException e)
        {
            throw new ArtifactException($"'{name}' was written by another version of ProbNet and cannot be gone on with: begin the fit anew", e);
        }
    }

    private static void CheckVersion(string json, string name)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.TryGetProperty("formatVersion", out var version) && version.TryGetInt32(out var number) && number <= CheckpointInfo.CurrentVersion) return;
        throw new ArtifactException($"'{name}' was written by a later ProbNet: go on with the fit there, or begin it anew");
    }

    private static Dictionary<string, StateTensor> Tensors(SafetensorsContent content, string prefix) =>
        content.Tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => StateTensor.Of(t.Value));

    // As it stands in the header.
    private static byte[] Checksum(string digits) => Encoding.ASCII.GetBytes($"\"{ChecksumKey}\":\"{digits}\"");

    private static ArtifactException Damaged(string why, Exception? inner = null) => new($"{why}; nothing can be gone on with from it: begin the fit anew", inner);

    // Passes on what is written and digests it.
    private sealed class HashingStream(Stream inner, IncrementalHash hash) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            inner.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
