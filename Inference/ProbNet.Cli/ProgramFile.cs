using System.Text;
using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Cli;

/// <summary>A program read from a file.</summary>
/// <param name="Path">The file as the user wrote it.</param>
/// <param name="Source">Its text.</param>
internal sealed record ProgramFile(string Path, SourceText Source)
{
    /// <summary>The largest file that is taken for a program.</summary>
    public const long MostBytes = 16 << 20;

    /// <summary>Where modules of other files come from: the files beside it.</summary>
    public ModuleLoader Modules { get; init; } = ModuleFiles.Beside(Path);

    /// <summary>The folder that names of data files are relative to.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;

    /// <summary>The file's name without its folder and ending.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandFailure">There is none, or it is no text.</exception>
    public static ProgramFile Read(string path)
    {
        if (Directory.Exists(path)) throw CommandFailure.Usage($"'{path}' is a directory, not a program", Inside(path));
        if (!File.Exists(path)) throw CommandFailure.Usage($"there is no file '{path}'", Near(path));
        try
        {
            if (new FileInfo(path).Length > MostBytes) throw CommandFailure.Usage($"'{path}' is larger than {MostBytes >> 20} MiB; is it a program?");
            return new(path, new SourceText(path, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(WithoutMark(File.ReadAllBytes(path)))));
        }
        catch (DecoderFallbackException)
        {
            throw CommandFailure.Usage($"'{path}' is not UTF-8 text; is it a program?");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Usage($"'{path}' cannot be read: {e.Message}");
        }
    }

    /// <summary>The checked program; warnings go to the error stream. Where one model is asked for, faults of other models do not stand in its way.</summary>
    /// <exception cref="CommandFailure">It has errors.</exception>
    public CheckedProgram Check(Terminal terminal, string? model, IReadOnlyDictionary<string, string> settings)
    {
        var program = Check(settings, model);
        if (!program.IsValid && model is not null && program.IsUsable(model))
        {
            Messages.Write(terminal, program.Diagnostics.Where(d => d.Code.Severity != Severity.Error).ToEqArray());
            var others = program.ModelFaults.Keys.Select(m => $"'{m}'").ToList();
            terminal.Err.WriteLine($"note: {string.Join(", ", others)} {(others.Count == 1 ? "has" : "have")} errors and {(others.Count == 1 ? "is" : "are")} left out; probnet check tells them");
            return program;
        }
        if (!program.IsValid) throw new CommandFailure(ExitCode.Of(program.Diagnostics), "", null, program.Diagnostics);
        Messages.Write(terminal, program.Diagnostics);
        return program;
    }

    /// <summary>The checked program, whatever is wrong with it.</summary>
    /// <param name="settings">Values of static arguments, among other settings.</param>
    /// <param name="model">The only model that is meant, or null.</param>
    public CheckedProgram Check(IReadOnlyDictionary<string, string> settings, string? model) =>
        ModelSettings.Check(Source, Modules, settings.Select(s => new Setting(s.Key, s.Value)).ToEqArray(), model);

    /// <summary>A text's bytes without a byte-order mark.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) => bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes;

    private static string? Near(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(path) is { Length: > 0 } f ? f : ".";
        if (!Directory.Exists(folder)) return $"there is no folder '{folder}' either";
        var programs = Programs(folder);
        var name = System.IO.Path.GetFileName(path);
        var near = programs.FirstOrDefault(p => p == name + ".prob") ?? Suggest.Nearest(name, programs);
        return near is null ? null : $"did you mean '{System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path) ?? "", near)}'?";
    }

    private static string? Inside(string folder) => Programs(folder) is [var first, ..] ? $"did you mean '{System.IO.Path.Combine(folder, first)}'?" : null;

    private static string[] Programs(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*.prob").Select(p => System.IO.Path.GetFileName(p)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
