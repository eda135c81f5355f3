using System.Text;
using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Cli;

/// <summary>The modules in the files beside a program.</summary>
internal static class ModuleFiles
{
    /// <summary>The loader of the modules that the other <c>.prob</c> files of a program's folder are. Files are read when a module is first asked for.</summary>
    /// <param name="path">The program.</param>
    public static ModuleLoader Beside(string path)
    {
        var modules = new Lazy<ModuleLoader>(() => ModuleLoader.Of(Sources(path)));
        return new(name => modules.Value.Find(name), () => modules.Value.Names());
    }

    private static EqArray<SourceText> Sources(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        var sources = new List<SourceText>();
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder.Length == 0 ? "." : folder, "*.prob").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal))
            {
                var place = Path.Combine(folder, file);
                if (file != Path.GetFileName(path) && Text(place) is { } text) sources.Add(new SourceText(place, text));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed has no modules to offer.
        }
        return sources.ToEqArray();
    }

    // A file that is no text is no module; it is told when it is itself the program.
    private static string? Text(string path)
    {
        try
        {
            return new FileInfo(path).Length > ProgramFile.MostBytes ? null : new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(ProgramFile.WithoutMark(File.ReadAllBytes(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            return null;
        }
    }
}
