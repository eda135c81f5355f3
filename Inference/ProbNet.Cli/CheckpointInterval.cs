using System.Globalization;

namespace ProbNet.Cli;

/// <summary>How often the state of a fit is saved: a number of epochs, or a time.</summary>
/// <param name="Text">As written.</param>
/// <param name="Epochs">Epochs, or null.</param>
/// <param name="Time">Time, or null.</param>
internal readonly record struct CheckpointInterval(string Text, int? Epochs, TimeSpan? Time)
{
    /// <summary>What a text such as <c>10</c>, <c>30s</c>, <c>5m</c> or <c>2h</c> means, or null.</summary>
    public static CheckpointInterval? Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var epochs)) return epochs >= 1 ? new(text, epochs, null) : null;
        var unit = text.Length == 0 ? (TimeSpan?)null : text[^1] switch { 's' => TimeSpan.FromSeconds(1), 'm' => TimeSpan.FromMinutes(1), 'h' => TimeSpan.FromHours(1), _ => null };
        // A year is more than any fit takes.
        return unit is { } one && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count > 0 && count * one.TotalDays < 366
            ? new(text, null, count * one)
            : null;
    }
}
