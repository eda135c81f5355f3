using System.Text;
using CsvHelper;
using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>Reads text files into <see cref="CsvTable"/>s. UTF-8 or a byte order mark; any line ends; every fault names its line.</summary>
internal static class CsvReading
{
    /// <summary>The table in the file at <paramref name="path"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">How to cut it.</param>
    /// <param name="span">Where the program names the file.</param>
    /// <exception cref="DiagnosticException">PN0610 to PN0615.</exception>
    public static CsvTable ReadFile(string path, CsvFormat format, SourceSpan span)
    {
        if (Directory.Exists(path)) throw Fail(DataCodes.Unreadable, $"'{path}' is a directory, not a file", span);
        if (!File.Exists(path)) throw Fail(DataCodes.Unreadable, $"there is no file '{path}'", span, MissingHint(path));
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
            return Read(reader, Path.GetFileName(path), format, span);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fail(DataCodes.Unreadable, $"'{path}' cannot be read: {e.Message}", span);
        }
        catch (DecoderFallbackException)
        {
            throw Fail(DataCodes.Malformed, $"'{path}' is not UTF-8 text", span, "save it as UTF-8, or as UTF-16 with a byte order mark");
        }
    }

    /// <summary>The table in a text called <paramref name="file"/>.</summary>
    public static CsvTable Read(TextReader reader, string file, CsvFormat format, SourceSpan span)
    {
        var header = default(string[]);
        var width = 0;
        var rows = new List<PackedRow>();
        var lines = new List<int>();
        var blanks = new List<int>();
        foreach (var (line, cells) in format.Separator == " " ? Blanks(reader) : Quoted(reader, file, format, span))
        {
            if (cells is { Count: 1 } && cells[0].IsEmpty)
            {
                blanks.Add(line);
                continue;
            }
            if (width == 0)
            {
                width = cells.Count;
                blanks.Clear();
                if (format.Header)
                {
                    CheckHeader(header = cells.Strings(), file, line, span);
                    continue;
                }
            }
            // In a table of one column an empty line before another row is an empty cell; elsewhere it is only an empty line.
            if (width == 1) foreach (var blank in blanks) Add(blank, PackedRow.Of([], [0]));
            blanks.Clear();
            Add(line, cells);
        }
        if (rows.Count == 0) throw Fail(DataCodes.Empty, width == 0 ? $"{file} is empty" : $"{file} has a header but no data rows", span);
        return new CsvTable(file, format, header is null ? [] : [.. header], width, [.. rows], [.. lines]);

        void Add(int line, PackedRow cells)
        {
            if (cells.Count != width)
            {
                var first = header ?? (rows.Count > 0 ? rows[0] : cells).Strings();
                var separator = width == 1 ? CsvTable.SeparatorHint(first[0], format) : null;
                throw Fail(DataCodes.Ragged, $"{file}, line {line}: {Count(cells.Count)}, but {(header is null ? "the first row" : "the header")} has {width}",
                    span, separator ?? $"the line begins \"{string.Join(format.Separator, cells.Strings().Take(3))}\"");
            }
            rows.Add(cells);
            lines.Add(line);
        }
    }

    private static string Count(int fields) => fields == 1 ? "1 field" : $"{fields} fields";

    private static IEnumerable<(int Line, PackedRow Cells)> Quoted(TextReader reader, string file, CsvFormat format, SourceSpan span)
    {
        using var csv = CsvReader.Create(reader, new CsvReaderOptions
        {
            Separator = format.Separator[0],
            HasHeader = false,
            SkipEmptyLines = false,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Throw,
            FieldCountMismatch = CsvFieldCountHandling.Allow,
        }, leaveOpen: true);
        var packer = new RowPacker();
        while (Next()) yield return ((int)csv.LineNumber, Packed());

        PackedRow Packed()
        {
            for (var i = 0; i < csv.FieldCount; i++) packer.Add(csv.GetSpan(i));
            return packer.Take();
        }

        bool Next()
        {
            try
            {
                return csv.Read();
            }
            catch (CsvFormatException e)
            {
                throw Fail(DataCodes.Malformed, $"{file}, line {e.LineNumber}: a quotation mark inside a cell, or a quoted cell that does not end", span,
                    "a cell that holds \" or the separator begins and ends with \", and each \" inside is doubled");
            }
        }
    }

    private static IEnumerable<(int Line, PackedRow Cells)> Blanks(TextReader reader)
    {
        var packer = new RowPacker();
        for (var (line, text) = (1, reader.ReadLine()); text is not null; line++, text = reader.ReadLine())
        {
            var cells = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            foreach (var cell in cells) packer.Add(Encoding.UTF8.GetBytes(cell));
            if (cells.Length == 0) packer.Add([]);
            yield return (line, packer.Take());
        }
    }

    private static void CheckHeader(string[] header, string file, int line, SourceSpan span)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < header.Length; i++)
        {
            if (header[i].Length == 0) continue; // an unnamed column can still be taken by position
            if (!seen.TryAdd(header[i], i))
            {
                throw Fail(DataCodes.BadHeader, $"{file}, line {line}: columns {seen[header[i]]} and {i} (from 0) are both called '{header[i]}'", span,
                    header.All(h => Cells.TryNumber(h, out _)) ? "the first line holds numbers: if the file has no header, write header = false" : null);
            }
        }
    }

    private static string? MissingHint(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder)) return $"there is no folder '{folder}' either";
        var names = Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
        return Suggest.Nearest(Path.GetFileName(path), names) is { } near ? $"did you mean '{near}'?"
            : "a path in a data declaration is relative to the folder of the .prob file";
    }

    private static DiagnosticException Fail(DiagnosticCode code, string message, SourceSpan span, string? hint = null) =>
        new(new Diagnostic(code, message, span) { Hint = hint });
}
