namespace ProbNet.Backends.Torch;

/// <summary>TorchScript functions that rules call, where one expression would not do. A script contains those it uses, and what these use.</summary>
internal static class Prelude
{
    /// <summary>The text of functions, those they call first.</summary>
    public static string Of(IEnumerable<string> names) => string.Concat(names);
}
