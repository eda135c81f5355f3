using System.Runtime.ExceptionServices;

namespace ProbNet.Language.Syntax;

/// <summary>
/// Runs recursive work on a thread with a large stack. Measured: the parser's combinators take 4 to 7 kB of stack a level of nesting, so that the deepest
/// source that layout lets through needs close to the 8 MB that threads commonly have; and a caller may stand deep in its own stack already.
/// </summary>
internal static class DeepStack
{
    private const int StackBytes = 64 << 20;

    /// <summary>The result of <paramref name="work"/>; what it throws is thrown here.</summary>
    public static T Run<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }, StackBytes);
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
