using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Data;
using ProbNet.Inference.Health;

namespace ProbNet.Inference.Artifacts;

/// <summary>Reads and writes <c>run.json</c>. The text ends with its own checksum, so that a changed or damaged file is noticed.</summary>
public static class RunJson
{
    private const int DigestLength = 64;

    /// <summary>The JSON forms, with characters outside ASCII standing for themselves.</summary>
    public static RunJsonContext Json { get; } = new(new(RunJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The bytes of the file, its checksum filled in.</summary>
    public static byte[] Write(RunInfo info)
    {
        var zeros = new string('0', DigestLength);
        var text = JsonSerializer.SerializeToUtf8Bytes(info with { Checksum = zeros }, Json.RunInfo);
        var place = text.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(zeros));
        Encoding.ASCII.GetBytes(Digest(text)).CopyTo(text.AsSpan(place));
        return text;
    }

    /// <summary>The run described by a file's bytes.</summary>
    /// <param name="json">The bytes.</param>
    /// <param name="name">The file's name for messages.</param>
    /// <exception cref="ArtifactException">It is damaged, of a later version, or no run.</exception>
    public static RunInfo Read(ReadOnlySpan<byte> json, string name)
    {
        CheckVersion(json, name);
        var info = Parse(json, name);
        // Absent entries that are not required come out as null, whatever their type says.
        if (info.Files is null || info.Checksum is not { Length: DigestLength }) throw Damaged(name);
        var copy = json.ToArray();
        var place = copy.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(info.Checksum));
        if (place < 0 || place + DigestLength > copy.Length) throw Damaged(name);
        copy.AsSpan(place, DigestLength).Fill((byte)'0');
        return Digest(copy) == info.Checksum ? info : throw Damaged(name);
    }

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    internal static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    // Before the rest is interpreted: a later version may differ in anything else.
    private static void CheckVersion(ReadOnlySpan<byte> json, string name)
    {
        int version;
        try
        {
            using var document = JsonDocument.Parse(json.ToArray());
            if (document.RootElement.GetProperty("format").GetString() != RunInfo.FormatName) throw new KeyNotFoundException();
            version = document.RootElement.GetProperty("formatVersion").GetInt32();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new ArtifactException($"'{name}' does not describe a ProbNet run", e);
        }
        if (version <= RunInfo.CurrentVersion) return;
        throw new ArtifactException($"'{name}' has format version {version}, and this ProbNet reads up to {RunInfo.CurrentVersion}: use a later ProbNet");
    }

    private static RunInfo Parse(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Json.RunInfo) ?? throw Damaged(name);
        }
        catch (JsonException e)
        {
            var why = e.Path?.TrimStart('$', '.') is { Length: > 0 } path ? $"'{path}' cannot be read" : "it lacks an entry";
            throw new ArtifactException($"'{name}' was changed or damaged: {why}", e);
        }
    }

    private static ArtifactException Damaged(string name) => new($"'{name}' was changed or damaged: its checksum does not match");
}

/// <summary>JSON forms of what a run folder and the command line's <c>--json</c> hold, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    Converters =
    [
        typeof(EqArrayConverter<SourceFile>), typeof(EqArrayConverter<string>), typeof(EqArrayConverter<int>), typeof(EqArrayConverter<FittedBinding>), typeof(EqArrayConverter<ColumnRef>),
        typeof(EqArrayConverter<SiteHealth>), typeof(EqArrayConverter<HealthFlag>),
        typeof(EqArrayConverter<Affine>), typeof(ColumnRefConverter), typeof(BindingKindConverter), typeof(TransformationConverter),
        typeof(EqArrayConverter<CheckpointPhase>), typeof(StopReasonConverter),
    ])]
[JsonSerializable(typeof(RunInfo))]
[JsonSerializable(typeof(CheckpointInfo))]
[JsonSerializable(typeof(CheckpointPhase[]))]
[JsonSerializable(typeof(Preprocessing))]
[JsonSerializable(typeof(SourceFile[]))]
[JsonSerializable(typeof(SiteHealth[]))]
[JsonSerializable(typeof(HealthFlag[]))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(FittedBinding[]))]
[JsonSerializable(typeof(ColumnRef[]))]
[JsonSerializable(typeof(Affine[]))]
public sealed partial class RunJsonContext : JsonSerializerContext;

/// <summary>An <see cref="EqArray{T}"/> as a JSON array.</summary>
internal sealed class EqArrayConverter<T> : JsonConverter<EqArray<T>>
{
    public override EqArray<T> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        var items = JsonSerializer.Deserialize(ref reader, Items(options));
        if (items is null || Array.Exists(items, i => i is null)) throw new JsonException();
        return [.. items];
    }

    public override void Write(Utf8JsonWriter writer, EqArray<T> value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, [.. value], Items(options));

    private static JsonTypeInfo<T[]> Items(JsonSerializerOptions options) => (JsonTypeInfo<T[]>)options.GetTypeInfo(typeof(T[]));
}

/// <summary>A column as its name or its position.</summary>
internal sealed class ColumnRefConverter : JsonConverter<ColumnRef>
{
    public override ColumnRef Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? new(reader.GetString(), 0) : reader.TryGetInt32(out var position) ? new(null, position) : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, ColumnRef value, JsonSerializerOptions options)
    {
        if (value.Name is null) writer.WriteNumberValue(value.Position);
        else writer.WriteStringValue(value.Name);
    }
}

/// <summary>The kinds of bindings by their names in the language.</summary>
internal sealed class BindingKindConverter() : JsonStringEnumConverter<BindingKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>The transformations by their names in the language.</summary>
internal sealed class TransformationConverter() : JsonStringEnumConverter<Transformation>(namingPolicy: null, allowIntegerValues: false);

/// <summary>The reasons for which a phase of a fit ended.</summary>
internal sealed class StopReasonConverter() : JsonStringEnumConverter<StopReason>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
